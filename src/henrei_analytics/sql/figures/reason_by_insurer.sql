-- grain: insurer (the 10 with most returns, その他 for all others) × category of the window
-- inputs: mart.categories, known_returns
-- rule: every cell of the heat map is there, 0 where nothing came back; so is 未分類
WITH insurers AS (
    SELECT
        insurer_number,
        LEAST(
            row_number() OVER (ORDER BY COUNT(*) DESC, SUM(points) DESC, insurer_number), 11
        ) AS rank
    FROM known_returns
    WHERE in_window
    GROUP BY insurer_number
),
counted AS (
    SELECT i.rank, r.category, COUNT(*) AS returns, SUM(r.points) AS points
    FROM known_returns AS r
    INNER JOIN insurers AS i ON r.insurer_number = i.insurer_number
    WHERE r.in_window
    GROUP BY i.rank, r.category
),
cells AS (
    SELECT i.rank, i.insurer_number, c.category
    FROM (
        SELECT rank, CASE WHEN rank = 11 THEN 'その他' ELSE MIN(insurer_number) END AS insurer_number
        FROM insurers
        GROUP BY rank
    ) AS i
    CROSS JOIN (SELECT category FROM counted UNION SELECT '未分類' AS category) AS c
)
SELECT
    c.rank,
    c.insurer_number,
    c.category,
    COALESCE(n.returns, 0) AS returns,
    CAST(COALESCE(n.points, 0) AS BIGINT) AS points
FROM cells AS c
LEFT JOIN counted AS n ON c.rank = n.rank AND c.category = n.category
LEFT JOIN mart.categories AS g ON c.category = g.category
ORDER BY c.rank, g.position NULLS LAST, c.category
