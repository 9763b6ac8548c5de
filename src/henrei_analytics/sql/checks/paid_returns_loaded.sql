-- checks.paid_returns_loaded
-- grain: electronic receipt a 振込額明細 reports as returned, in a month whose return file is loaded
-- inputs: mart.reported_returns, checked_files, check_scope
-- rule: the return is in the return file too. Without the file it is to be downloaded, which 確かめること says
WITH return_months AS (
    SELECT DISTINCT payer, month FROM checked_files WHERE kind = 'hen' AND status IN ('loaded', 'superseded')
)
SELECT
    r.payer,
    r.report_id AS payment_id,
    r.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN r.return_id IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM mart.reported_returns AS r
INNER JOIN check_scope AS s ON r.institution = s.institution
INNER JOIN return_months AS m ON r.payer = m.payer AND r.processing_month = m.month
WHERE r.source = 'fmei' AND r.stage = 'first_review' AND r.medium = 'online'
