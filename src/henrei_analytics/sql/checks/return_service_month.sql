-- checks.return_service_month
-- grain: return
-- inputs: checked_returns
-- rule: care comes before the month the payer processed its claim
SELECT
    payer,
    name,
    return_id,
    processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN service_month IS NULL OR service_month >= processing_month THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns
