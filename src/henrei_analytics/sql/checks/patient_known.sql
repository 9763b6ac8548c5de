-- checks.patient_known
-- grain: claim or return
-- inputs: checked_claims, checked_returns
-- rule: patient_key is there: name, sex and birth date could be read
WITH patients AS (
    SELECT payer, name, line_number, CAST(NULL AS VARCHAR) AS return_id, claim_month AS month, patient_key
    FROM checked_claims
    UNION ALL
    SELECT payer, name, NULL, return_id, processing_month, patient_key
    FROM checked_returns
)
SELECT
    payer,
    name,
    line_number,
    return_id,
    month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN patient_key IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM patients
