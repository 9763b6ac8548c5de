-- checks.claim_points_positive
-- grain: claimed receipt
-- inputs: checked_claims
-- rule: points are there and above 0
SELECT
    payer,
    name,
    line_number,
    claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN points IS NULL OR points <= 0 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims
