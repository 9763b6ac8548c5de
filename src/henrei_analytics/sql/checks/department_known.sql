-- checks.department_known
-- grain: claimed receipt that names a department
-- inputs: checked_claims, mart.departments
-- rule: 診療科 in the table of departments
SELECT
    c.payer,
    c.name,
    c.line_number,
    c.claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN d.department IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims AS c
LEFT JOIN mart.departments AS d ON c.department = d.department
WHERE c.department IS NOT NULL
