-- checks.shared.checked_months
-- grain: one month of claim files or first-review return files, as mart.coverage has it
-- inputs: mart.coverage, check_scope
-- rule: the kinds expected every month
SELECT c.payer, c.kind, c.month, c.state, YEAR(c.month) * 12 + MONTH(c.month) AS month_number
FROM mart.coverage AS c
INNER JOIN check_scope AS s ON c.institution = s.institution
WHERE c.kind IN ('uke', 'hen') AND c.month BETWEEN s.first_month AND s.as_of
