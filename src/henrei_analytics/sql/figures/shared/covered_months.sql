-- grain: one row per month of the window for which the institution has data
-- inputs: mart.institutions, scope, scope_months
-- rule: outside the first and last month with data a count of 0 would be a claim nobody can make
SELECT m.month, m.month_number
FROM scope_months AS m
CROSS JOIN scope AS s
INNER JOIN mart.institutions AS i ON s.institution = i.institution
WHERE m.month BETWEEN i.first_month AND i.last_month
