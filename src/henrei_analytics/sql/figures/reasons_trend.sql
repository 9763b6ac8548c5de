-- grain: month with data × category that occurs in the window
-- inputs: mart.categories, known_returns, covered_months
-- rule: months without returns of a category count 0
WITH counted AS (
    SELECT processing_month AS month, category, COUNT(*) AS returns, SUM(points) AS points
    FROM known_returns
    WHERE in_window
    GROUP BY processing_month, category
),
months AS (
    SELECT month FROM covered_months
    UNION
    SELECT month FROM counted
),
cells AS (
    SELECT m.month, c.category
    FROM months AS m
    CROSS JOIN (SELECT DISTINCT category FROM counted) AS c
)
SELECT
    c.month,
    c.category,
    COALESCE(n.returns, 0) AS returns,
    CAST(COALESCE(n.points, 0) AS BIGINT) AS points
FROM cells AS c
LEFT JOIN counted AS n ON c.month = n.month AND c.category = n.category
LEFT JOIN mart.categories AS g ON c.category = g.category
ORDER BY c.month, g.position NULLS LAST, c.category
