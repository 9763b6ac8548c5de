-- checks.claim_right_past
-- grain: claimed receipt
-- inputs: checked_claims
-- rule: no month of care more than 61 months before the claim: 5 years, and the month between
SELECT
    payer,
    name,
    line_number,
    claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN claim_number - service_number > 61 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims
WHERE service_month IS NOT NULL
