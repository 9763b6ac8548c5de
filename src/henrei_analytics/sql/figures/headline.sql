-- grain: one row
-- inputs: mart.files, mart.reported_returns, mart.worklist, known_returns, not_loaded, rate_cells, return_span, scope
-- rule: returns of the month = processing month M, all rounds and both stages. The rate counts only
--       first-round first-review returns. Earlier months whose returns are not known give NULL, not 0; so does a
--       change when one of its two months lacks returns that a payment notice reports. reported: such returns of
--       any month, which are in no other number here. has_arrived is false while the month's returns cannot have
--       reached the office yet. The end of the download counts against an open return only while its file is not
--       in hand.
WITH returns_of_months AS (
    SELECT
        COUNT(*) FILTER (WHERE r.in_month) AS returns,
        COUNT(*) FILTER (WHERE r.in_month AND r.stage = 'first_review') AS returns_first_review,
        COUNT(*) FILTER (WHERE r.in_month AND r.stage = 're_examination') AS returns_re_examination,
        COUNT(*) FILTER (WHERE r.in_month AND r.round > 1) AS returns_again,
        COALESCE(SUM(r.points) FILTER (WHERE r.in_month), 0) AS points,
        COUNT(*) FILTER (WHERE r.processing_number = s.month_number - 1) AS returns_last_month,
        COUNT(*) FILTER (WHERE r.processing_number = s.month_number - 12) AS returns_last_year
    FROM known_returns AS r
    CROSS JOIN scope AS s
),
still_open AS (
    SELECT
        COUNT(*) AS open_returns,
        COALESCE(SUM(w.points), 0) AS open_points,
        COUNT(*) FILTER (
            WHERE (NOT w.is_downloaded AND w.download_deadline BETWEEN s.as_of AND s.due_until)
                OR w.claim_right_expires BETWEEN s.as_of AND s.due_until
        ) AS open_due_14_days,
        COUNT(*) FILTER (WHERE NOT w.is_downloaded) AS open_to_download,
        COUNT(*) FILTER (WHERE NOT w.is_downloaded AND w.download_deadline < s.as_of) AS open_download_passed,
        MIN(w.download_deadline) FILTER (
            WHERE NOT w.is_downloaded AND w.download_deadline >= s.as_of
        ) AS next_download_deadline
    FROM mart.worklist AS w
    INNER JOIN scope AS s ON w.institution = s.institution
),
-- known only from a payment notice: nothing can be done with them before their file is loaded
reported AS (
    SELECT
        COUNT(*) AS reported,
        COUNT(*) FILTER (WHERE r.download_deadline BETWEEN s.as_of AND s.due_until) AS reported_due_14_days,
        MIN(r.download_deadline) FILTER (WHERE r.download_deadline >= s.as_of) AS reported_deadline
    FROM mart.reported_returns AS r
    INNER JOIN scope AS s ON r.institution = s.institution
    WHERE r.return_id IS NULL
        AND year(r.received_month) * 12 + month(r.received_month) <= s.as_of_month_number
),
rates AS (
    SELECT
        MAX(c.numerator) FILTER (WHERE c.payer = 'all') AS rate_numerator,
        MAX(c.denominator) FILTER (WHERE c.payer = 'all') AS rate_denominator,
        MAX(c.denominator_3month) FILTER (WHERE c.payer = 'all') AS rate_denominator_3month,
        MAX(c.numerator) FILTER (WHERE c.payer = 'shaho') AS rate_numerator_shaho,
        MAX(c.denominator) FILTER (WHERE c.payer = 'shaho') AS rate_denominator_shaho,
        MAX(c.numerator) FILTER (WHERE c.payer = 'kokuho') AS rate_numerator_kokuho,
        MAX(c.denominator) FILTER (WHERE c.payer = 'kokuho') AS rate_denominator_kokuho
    FROM rate_cells AS c
    INNER JOIN scope AS s ON c.month_number = s.month_number
    WHERE c.setting = 'all'
),
files_of_month AS (
    SELECT COUNT(*) AS return_files
    FROM mart.files AS f
    INNER JOIN scope AS s ON f.institution = s.institution AND f.month = s.month
    WHERE f.status = 'loaded' AND f.kind IN ('hen', 'henr', 'sah', 'paper', 'return_list')
),
counted AS (
    SELECT
        r.*,
        s.month_number - 1 BETWEEN d.first_number AND d.last_number
        AND s.month_number - 1 NOT IN (SELECT n.month_number FROM not_loaded AS n) AS has_last_month,
        s.month_number - 12 BETWEEN d.first_number AND d.last_number
        AND s.month_number - 12 NOT IN (SELECT n.month_number FROM not_loaded AS n) AS has_last_year,
        s.month_number NOT IN (SELECT n.month_number FROM not_loaded AS n) AS is_whole
    FROM returns_of_months AS r
    CROSS JOIN return_span AS d
    CROSS JOIN scope AS s
)
SELECT
    s.institution,
    s.month,
    s.as_of,
    c.returns,
    c.returns_first_review,
    c.returns_re_examination,
    c.returns_again,
    CAST(c.points AS BIGINT) AS points,
    CAST(c.points * 10 AS BIGINT) AS yen,
    r.rate_numerator,
    r.rate_denominator,
    CAST(r.rate_numerator AS DOUBLE) / NULLIF(r.rate_denominator_3month, 0) AS rate_3month,
    r.rate_numerator_shaho,
    r.rate_denominator_shaho,
    r.rate_numerator_kokuho,
    r.rate_denominator_kokuho,
    CASE WHEN c.has_last_month THEN c.returns_last_month END AS returns_last_month,
    CASE WHEN c.has_last_month AND c.is_whole THEN c.returns - c.returns_last_month END AS change_last_month,
    CASE WHEN c.has_last_year THEN c.returns_last_year END AS returns_last_year,
    CASE WHEN c.has_last_year AND c.is_whole THEN c.returns - c.returns_last_year END AS change_last_year,
    o.open_returns,
    CAST(o.open_points AS BIGINT) AS open_points,
    CAST(o.open_points * 10 AS BIGINT) AS open_yen,
    o.open_due_14_days,
    o.open_to_download,
    o.open_download_passed,
    s.next_window_end,
    o.next_download_deadline,
    e.reported,
    e.reported_due_14_days,
    e.reported_deadline,
    s.month_download_deadline,
    f.return_files,
    s.month_number < s.as_of_month_number AS has_arrived
FROM counted AS c
CROSS JOIN still_open AS o
CROSS JOIN reported AS e
CROSS JOIN rates AS r
CROSS JOIN files_of_month AS f
CROSS JOIN scope AS s
ORDER BY s.institution
