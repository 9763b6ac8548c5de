-- checks.claim_points_plausible
-- grain: claimed receipt
-- inputs: checked_claims
-- rule: at most 1,000,000 points outpatient and 10,000,000 inpatient (10 and 100 million yen)
SELECT
    payer,
    name,
    line_number,
    claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN points > CASE WHEN setting = 'inpatient' THEN 10000000 ELSE 1000000 END THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims
WHERE points IS NOT NULL
