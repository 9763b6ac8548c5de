-- checks.return_twice
-- grain: receipt returned in a processing month
-- inputs: checked_returns
-- rule: same payer, months, insurer, claim type, patient and points: one receipt, and so one return
SELECT
    payer,
    MIN(name) AS name,
    MIN(return_id) AS return_id,
    processing_month AS month,
    COUNT(*) AS found_count,
    CAST(1 AS BIGINT) AS wanted_count,
    COUNT(*) AS checked,
    COUNT(*) - 1 AS violating
FROM checked_returns
WHERE patient_key IS NOT NULL
GROUP BY payer, stage, processing_month, service_month, insurer_number, claim_type, patient_key, points
