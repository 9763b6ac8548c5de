-- grain: month of the window × stream (claims, returns) × payer
-- inputs: mart.files, mart.institutions, scope, scope_months
-- rule: a first-review stream is missing when the institution has data around it but no loaded file.
--       Re-examination files come only when there is something to send, so they are counted but
--       never missing. download_deadline of a missing return file: last day of month + 3, after
--       which it cannot be fetched any more.
WITH streams AS (
    SELECT t.stream, t.payer
    FROM (VALUES
        ('claims', 'shaho'), ('claims', 'kokuho'), ('returns', 'shaho'), ('returns', 'kokuho')
    ) AS t (stream, payer)
),
loaded AS (
    SELECT
        CASE WHEN f.kind = 'uke' THEN 'claims' ELSE 'returns' END AS stream,
        f.payer,
        f.month,
        COUNT(*) FILTER (WHERE f.kind <> 'sah') AS files,
        COUNT(*) FILTER (WHERE f.kind = 'sah') AS re_examination_files,
        SUM(f.receipts) AS receipts
    FROM mart.files AS f
    INNER JOIN scope AS s ON f.institution = s.institution
    WHERE f.status = 'loaded' AND f.kind IN ('uke', 'hen', 'henr', 'sah')
    GROUP BY CASE WHEN f.kind = 'uke' THEN 'claims' ELSE 'returns' END, f.payer, f.month
),
expected AS (
    SELECT
        m.month,
        t.stream,
        t.payer,
        COALESCE(
            m.month BETWEEN i.first_month AND i.last_month
            AND (t.stream = 'claims' OR m.month_number < s.as_of_month_number),
            FALSE
        ) AS is_due
    FROM scope_months AS m
    CROSS JOIN scope AS s
    CROSS JOIN streams AS t
    LEFT JOIN mart.institutions AS i ON s.institution = i.institution
),
judged AS (
    SELECT
        e.month,
        e.stream,
        e.payer,
        COALESCE(l.files, 0) AS files,
        COALESCE(l.re_examination_files, 0) AS re_examination_files,
        CAST(COALESCE(l.receipts, 0) AS BIGINT) AS receipts,
        CASE
            WHEN COALESCE(l.files, 0) > 0 THEN 'loaded'
            WHEN e.is_due THEN 'missing'
            ELSE 'outside'
        END AS state
    FROM expected AS e
    LEFT JOIN loaded AS l
        ON e.month = l.month AND e.stream = l.stream AND e.payer = l.payer
)
SELECT
    month,
    stream,
    payer,
    files,
    re_examination_files,
    receipts,
    state,
    CASE
        WHEN state = 'missing' AND stream = 'returns'
            THEN CAST(last_day(month + INTERVAL '3' MONTH) AS DATE)
    END AS download_deadline
FROM judged
ORDER BY month, stream, payer DESC
