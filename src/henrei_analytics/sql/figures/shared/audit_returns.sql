-- grain: one row per return of any institution that had arrived by the month of as_of
-- inputs: mart.returns, scope
-- rule: as known_returns, for all institutions of the database; no patient is followed from one to another
SELECT
    r.return_id,
    r.institution,
    r.payer,
    r.stage,
    COALESCE(r.setting, 'unknown') AS setting,
    r.department,
    r.insurer_number,
    COALESCE(r.law_number, '不明') AS law_number,
    COALESCE(r.points, 0) AS points,
    r.patient_key,
    r.main_reason_code,
    COALESCE(r.main_reason_category, '未分類') AS category,
    year(r.processing_month) * 12 + month(r.processing_month) AS processing_number,
    year(r.processing_month) * 12 + month(r.processing_month)
        BETWEEN s.first_month_number AND s.month_number AS in_window,
    r.round = 1 AND r.stage = 'first_review' AS in_rate
FROM mart.returns AS r
CROSS JOIN scope AS s
WHERE year(r.received_month) * 12 + month(r.received_month) <= s.as_of_month_number
