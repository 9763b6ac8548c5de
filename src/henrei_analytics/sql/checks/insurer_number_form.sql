-- checks.insurer_number_form
-- grain: claimed receipt
-- inputs: checked_claims
-- rule: 6 or 8 digits
SELECT
    payer,
    name,
    line_number,
    claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN insurer_number IS NULL OR LENGTH(insurer_number) NOT IN (6, 8) OR TRY_CAST(insurer_number AS BIGINT) IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims
