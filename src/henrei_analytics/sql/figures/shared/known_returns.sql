-- grain: one row per return of the institution that had arrived by the month of as_of
-- inputs: mart.returns, scope
-- rule: months as integers year*12+month; ended_number is the month a return was written off or lapsed in, as its
--       status says; reclaimed_number is the month of the re-claim where it is
--       not later than as_of. A return that came back again was re-claimed even if the claim file
--       is missing: where the next return is of the first review, in its processing month; a re-examination may come many
--       months after the claim, so that the month stays unknown. reclaimed_by_number: the latest month the re-claim can
--       be of, known of all that were re-claimed.
WITH arrived AS (
    SELECT
        r.*,
        year(r.processing_month) * 12 + month(r.processing_month) AS processing_number,
        year(r.received_month) * 12 + month(r.received_month) AS received_number,
        year(r.resubmitted_month) * 12 + month(r.resubmitted_month) AS resubmitted_number,
        year(r.ended_on) * 12 + month(r.ended_on) AS ended_number
    FROM mart.returns AS r
    INNER JOIN scope AS s ON r.institution = s.institution
    WHERE year(r.received_month) * 12 + month(r.received_month) <= s.as_of_month_number
),
came_back_again AS (
    SELECT
        previous_return_id,
        MIN(processing_number) AS processing_number,
        MIN(processing_number) FILTER (WHERE stage = 'first_review') AS first_review_number
    FROM arrived
    WHERE previous_return_id IS NOT NULL
    GROUP BY previous_return_id
),
reclaims AS (
    SELECT
        a.return_id,
        COALESCE(a.resubmitted_number, b.first_review_number) AS reclaimed_number,
        COALESCE(a.resubmitted_number, b.processing_number) AS reclaimed_by_number
    FROM arrived AS a
    LEFT JOIN came_back_again AS b ON a.return_id = b.previous_return_id
)
SELECT
    a.return_id,
    a.payer,
    a.stage,
    a.medium,
    a.processing_month,
    a.processing_number,
    a.received_month,
    a.received_number,
    a.service_month,
    year(a.service_month) * 12 + month(a.service_month) AS service_number,
    COALESCE(a.setting, 'unknown') AS setting,
    a.department,
    COALESCE(a.insurer_number, '不明') AS insurer_number,
    COALESCE(a.law_number, '不明') AS law_number,
    COALESCE(a.points, 0) AS points,
    a.patient_key,
    a.chart_number,
    a.main_reason_code,
    COALESCE(a.main_reason_category, '未分類') AS category,
    a.round,
    a.previous_return_id,
    a.journey_id,
    a.entered_by,
    a.resubmitted_payer,
    a.status,
    CASE
        WHEN c.reclaimed_number <= s.as_of_month_number THEN c.reclaimed_number
    END AS reclaimed_number,
    CASE
        WHEN c.reclaimed_by_number <= s.as_of_month_number THEN c.reclaimed_by_number
    END AS reclaimed_by_number,
    a.ended_number,
    a.ended_on,
    a.download_deadline,
    a.claim_right_expires,
    a.sources,
    a.processing_number = s.month_number AS in_month,
    a.processing_number BETWEEN s.first_month_number AND s.month_number AS in_window,
    a.round = 1 AND a.stage = 'first_review' AS in_rate
FROM arrived AS a
INNER JOIN reclaims AS c ON a.return_id = c.return_id
CROSS JOIN scope AS s
