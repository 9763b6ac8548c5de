-- checks.claim_type_fee_table
-- grain: claimed receipt
-- inputs: checked_claims
-- rule: the first digit of レセプト種別 is the 点数表 in the institution's number
SELECT
    payer,
    name,
    line_number,
    claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN SUBSTR(claim_type, 1, 1) <> SUBSTR(institution, 3, 1) THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims
WHERE claim_type IS NOT NULL
