-- checks.claim_service_month
-- grain: claimed receipt
-- inputs: checked_claims
-- rule: care is claimed from the month after it
SELECT
    payer,
    name,
    line_number,
    claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN service_month IS NULL OR service_month >= claim_month THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims
