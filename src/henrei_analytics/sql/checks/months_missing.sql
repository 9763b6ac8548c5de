-- checks.months_missing
-- grain: payer × kind × month from the first with any file
-- inputs: checked_months, checked_files
-- rule: a claim file or a return file that is not there and can still be had. Payers never dealt with are left out
SELECT
    m.payer,
    m.kind,
    m.month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN m.state = 'missing' THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_months AS m
WHERE m.payer IN (SELECT payer FROM checked_files)
