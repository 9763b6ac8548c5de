-- grain: department (the 12 with most returns, その他 for all others, 不明 where no department is known) × category
-- inputs: mart.categories, mart.departments, known_returns
-- rule: the window; every cell of the heat map is there, 0 where nothing came back; so is 未分類
WITH named AS (
    SELECT COALESCE(d.label_ja, r.department, '不明') AS department, r.category, r.points
    FROM known_returns AS r
    LEFT JOIN mart.departments AS d ON r.department = d.department
    WHERE r.in_window
),
departments AS (
    SELECT
        department,
        LEAST(row_number() OVER (ORDER BY COUNT(*) DESC, SUM(points) DESC, department), 13) AS rank
    FROM named
    GROUP BY department
),
counted AS (
    SELECT d.rank, n.category, COUNT(*) AS returns, SUM(n.points) AS points
    FROM named AS n
    INNER JOIN departments AS d ON n.department = d.department
    GROUP BY d.rank, n.category
),
cells AS (
    SELECT d.rank, d.department, c.category
    FROM (
        SELECT rank, CASE WHEN rank = 13 THEN 'その他' ELSE MIN(department) END AS department
        FROM departments
        GROUP BY rank
    ) AS d
    CROSS JOIN (SELECT category FROM counted UNION SELECT '未分類' AS category) AS c
)
SELECT
    c.rank,
    c.department,
    c.category,
    COALESCE(n.returns, 0) AS returns,
    CAST(COALESCE(n.points, 0) AS BIGINT) AS points
FROM cells AS c
LEFT JOIN counted AS n ON c.rank = n.rank AND c.category = n.category
LEFT JOIN mart.categories AS g ON c.category = g.category
ORDER BY c.rank, g.position NULLS LAST, c.category
