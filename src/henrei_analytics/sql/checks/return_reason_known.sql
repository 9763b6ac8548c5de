-- checks.return_reason_known
-- grain: return
-- inputs: checked_returns, mart.return_reasons
-- rule: at least one reason with a code or a text
WITH told AS (
    SELECT DISTINCT return_id FROM mart.return_reasons WHERE code IS NOT NULL OR text IS NOT NULL
)
SELECT
    r.payer,
    r.name,
    r.return_id,
    r.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN t.return_id IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns AS r
LEFT JOIN told AS t ON r.return_id = t.return_id
