-- checks.claim_setting_known
-- grain: claimed receipt
-- inputs: checked_claims
-- rule: inpatient or outpatient is known
SELECT
    payer,
    name,
    line_number,
    claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN setting IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims
