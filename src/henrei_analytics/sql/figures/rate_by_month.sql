-- grain: payer (shaho, kokuho, all) × month of the window
-- inputs: mart.files, rate_cells, scope
-- rule: rate as in rate_cells; return_files = loaded first-review files, because a month of 0 returns
--       without any file may be a month nobody loaded
WITH return_files AS (
    SELECT COALESCE(f.payer, 'all') AS payer, f.month, COUNT(*) AS files
    FROM mart.files AS f
    INNER JOIN scope AS s ON f.institution = s.institution
    WHERE f.status = 'loaded' AND f.kind IN ('hen', 'henr', 'paper', 'return_list') AND f.payer IS NOT NULL
    GROUP BY GROUPING SETS ((f.payer, f.month), (f.month))
)
SELECT
    c.month,
    c.payer,
    c.numerator,
    c.denominator,
    CAST(c.numerator AS DOUBLE) / NULLIF(c.denominator_3month, 0) AS rate_3month,
    COALESCE(f.files, 0) AS return_files
FROM rate_cells AS c
LEFT JOIN return_files AS f ON c.month = f.month AND c.payer = f.payer
WHERE c.setting = 'all'
ORDER BY CASE c.payer WHEN 'shaho' THEN 1 WHEN 'kokuho' THEN 2 ELSE 3 END, c.month
