-- grain: period (month, window) × category
-- inputs: mart.categories, returns_by_period
-- rule: one main category per return, so shares add up to 1 in each period; 未分類 has its row even where it is 0
WITH classified AS (
    SELECT period, category, COUNT(*) AS returns, SUM(points) AS points
    FROM returns_by_period
    GROUP BY period, category
),
counted AS (
    SELECT * FROM classified
    UNION ALL
    SELECT period, '未分類' AS category, 0 AS returns, 0 AS points
    FROM classified
    GROUP BY period
    HAVING COUNT(*) FILTER (WHERE category = '未分類') = 0
),
ranked AS (
    SELECT
        c.*,
        row_number() OVER (
            PARTITION BY c.period
            ORDER BY c.returns DESC, c.points DESC, g.position NULLS LAST, c.category
        ) AS rank
    FROM counted AS c
    LEFT JOIN mart.categories AS g ON c.category = g.category
)
SELECT
    period,
    rank,
    category,
    returns,
    CAST(points AS BIGINT) AS points,
    CAST(points * 10 AS BIGINT) AS yen,
    CAST(returns AS DOUBLE) / SUM(returns) OVER (PARTITION BY period) AS share,
    CAST(
        SUM(returns) OVER (
            PARTITION BY period
            ORDER BY rank
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS DOUBLE
    ) / SUM(returns) OVER (PARTITION BY period) AS cumulative_share
FROM ranked
ORDER BY period, rank
