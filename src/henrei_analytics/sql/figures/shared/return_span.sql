-- grain: one row
-- inputs: mart.files, known_returns, scope
-- rule: between the first and the last month with a first-review return file or list (or a return) a month
--       without one had no returns. Before and after nothing is known: files of return can be
--       downloaded for three months only, claim files go back for years. Months whose returns
--       cannot have arrived by as_of are after.
WITH months AS (
    SELECT year(f.month) * 12 + month(f.month) AS month_number
    FROM mart.files AS f
    INNER JOIN scope AS s ON f.institution = s.institution
    WHERE f.status IN ('loaded', 'superseded')
        AND f.kind IN ('hen', 'henr', 'paper', 'return_list')
        AND year(f.month) * 12 + month(f.month) < s.as_of_month_number
    UNION ALL
    SELECT processing_number
    FROM known_returns
    WHERE stage = 'first_review'
)
SELECT MIN(month_number) AS first_number, MAX(month_number) AS last_number
FROM months
