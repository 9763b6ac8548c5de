-- grain: period (month, window) × category × payer × setting
-- inputs: mart.categories, returns_by_period
-- rule: one main category per return; 未分類 has its row even where it is 0
WITH classified AS (
    SELECT period, category, payer, setting, COUNT(*) AS returns, SUM(points) AS points
    FROM returns_by_period
    GROUP BY period, category, payer, setting
),
counted AS (
    SELECT * FROM classified
    UNION ALL
    SELECT period, '未分類' AS category, payer, setting, 0 AS returns, 0 AS points
    FROM classified
    GROUP BY period, payer, setting
    HAVING COUNT(*) FILTER (WHERE category = '未分類') = 0
)
SELECT
    c.period,
    c.category,
    c.payer,
    c.setting,
    c.returns,
    CAST(c.points AS BIGINT) AS points,
    CAST(c.points * 10 AS BIGINT) AS yen
FROM counted AS c
LEFT JOIN mart.categories AS g ON c.category = g.category
ORDER BY c.period, g.position NULLS LAST, c.category, c.payer DESC, c.setting
