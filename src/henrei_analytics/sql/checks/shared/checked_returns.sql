-- checks.shared.checked_returns
-- grain: one return of the window
-- inputs: mart.returns, mart.files, check_scope
-- rule: what was known at as_of; name is the file it was taken from
WITH names AS (
    SELECT file_id, MIN(name) AS name
    FROM mart.files
    WHERE status <> 'duplicate'
    GROUP BY file_id
)
SELECT
    r.return_id, r.payer, r.stage, r.medium, r.processing_month, r.received_month, r.service_month, r.claim_type,
    r.setting, r.insurer_number, r.law_number, r.points, r.patient_key, r.chart_number, r.search_number,
    r.return_class, r.round, r.claim_id, r.reclaim_id, r.resubmitted_month, r.months_to_resubmit, r.sources,
    YEAR(r.processing_month) * 12 + MONTH(r.processing_month) AS processing_number,
    YEAR(r.service_month) * 12 + MONTH(r.service_month) AS service_number,
    n.name
FROM mart.returns AS r
INNER JOIN check_scope AS s ON r.institution = s.institution
LEFT JOIN names AS n ON r.file_id = n.file_id
WHERE r.processing_month BETWEEN s.first_month AND s.as_of
