-- grain: state (lapses_soon, lapsed, written_off) × year of the end × category
-- inputs: mart.categories, known_returns, scope
-- rule: every return whose right to claim is over without a re-claim, or that the office gave up, whatever
--       its month; lapses_soon: open, and the right to claim ends within 12 months of as_of
WITH ended AS (
    SELECT
        CASE WHEN r.status = 'open' THEN 'lapses_soon' ELSE r.status END AS cash_state,
        CASE
            WHEN r.status = 'open' THEN r.claim_right_expires
            WHEN r.status = 'lapsed' THEN COALESCE(r.ended_on, r.claim_right_expires)
            ELSE r.ended_on
        END AS ended_on,
        r.category,
        r.points
    FROM known_returns AS r
    CROSS JOIN scope AS s
    WHERE r.status IN ('lapsed', 'written_off')
        OR (r.status = 'open' AND r.claim_right_expires BETWEEN s.as_of AND s.as_of + INTERVAL '12' MONTH)
)
SELECT
    e.cash_state,
    COALESCE(CONCAT(CAST(year(e.ended_on) AS VARCHAR), '年'), '不明') AS year,
    e.category,
    MIN(e.ended_on) AS first_day,
    COUNT(*) AS returns,
    CAST(SUM(e.points) AS BIGINT) AS points,
    CAST(SUM(e.points) * 10 AS BIGINT) AS yen
FROM ended AS e
LEFT JOIN mart.categories AS g ON e.category = g.category
GROUP BY e.cash_state, year(e.ended_on), e.category, g.position
ORDER BY CASE e.cash_state WHEN 'lapses_soon' THEN 1 WHEN 'lapsed' THEN 2 ELSE 3 END,
    year(e.ended_on) DESC NULLS LAST, yen DESC, g.position NULLS LAST, e.category
