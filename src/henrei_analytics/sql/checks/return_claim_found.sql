-- checks.return_claim_found
-- grain: first-review return whose month has a claim file
-- inputs: checked_returns, checked_files
-- rule: its claim is found: processing month = claim month in the first review
WITH claim_months AS (
    SELECT DISTINCT payer, month FROM checked_files WHERE kind = 'uke' AND status IN ('loaded', 'superseded')
)
SELECT
    r.payer,
    r.name,
    r.return_id,
    r.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN r.claim_id IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns AS r
INNER JOIN claim_months AS m ON r.payer = m.payer AND r.processing_month = m.month
WHERE r.stage = 'first_review'
