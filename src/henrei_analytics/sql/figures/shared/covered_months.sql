-- grain: one row per month of the window whose returns are known
-- inputs: known_returns, return_span, scope_months
-- rule: in any other month a count of 0 would be a claim nobody can make. Claim files tell nothing here: they go back for
--       years, return files for three months. A return that is known makes its month known
SELECT m.month, m.month_number
FROM scope_months AS m
CROSS JOIN return_span AS s
WHERE m.month_number BETWEEN s.first_number AND s.last_number
    OR m.month_number IN (SELECT r.processing_number FROM known_returns AS r)
