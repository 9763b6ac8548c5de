-- grain: category of a return × category of the next return of the same receipt
-- inputs: mart.categories, known_returns
-- rule: every return of the window of round 2 or more, with the return before it
WITH pairs AS (
    SELECT b.category, a.category AS next_category, a.journey_id, a.points
    FROM known_returns AS a
    INNER JOIN known_returns AS b ON a.previous_return_id = b.return_id
    WHERE a.in_window
)
SELECT
    p.category,
    p.next_category,
    p.category = p.next_category AS is_same,
    COUNT(*) AS returns,
    COUNT(DISTINCT p.journey_id) AS journeys,
    CAST(SUM(p.points) * 10 AS BIGINT) AS yen
FROM pairs AS p
LEFT JOIN mart.categories AS g ON p.category = g.category
LEFT JOIN mart.categories AS n ON p.next_category = n.category
GROUP BY p.category, p.next_category, g.position, n.position
ORDER BY g.position NULLS LAST, p.category, n.position NULLS LAST, p.next_category
