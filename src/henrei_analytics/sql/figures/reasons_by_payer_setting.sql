-- grain: period (month, window) × category × payer × setting
-- inputs: mart.categories, returns_by_period
-- rule: one main category per return
SELECT
    r.period,
    r.category,
    r.payer,
    r.setting,
    COUNT(*) AS returns,
    CAST(SUM(r.points) AS BIGINT) AS points,
    CAST(SUM(r.points) * 10 AS BIGINT) AS yen
FROM returns_by_period AS r
LEFT JOIN mart.categories AS g ON r.category = g.category
GROUP BY r.period, r.category, g.position, r.payer, r.setting
ORDER BY r.period, g.position NULLS LAST, r.category, r.payer DESC, r.setting
