-- grain: payer × round
-- inputs: known_returns
-- rule: returns of the window; round 2 and more are claims that came back again
SELECT
    payer,
    round,
    COUNT(*) AS returns,
    CAST(SUM(points) AS BIGINT) AS points,
    CAST(SUM(points) * 10 AS BIGINT) AS yen,
    CAST(COUNT(*) AS DOUBLE) / SUM(COUNT(*)) OVER (PARTITION BY payer) AS share
FROM known_returns
WHERE in_window
GROUP BY payer, round
ORDER BY payer DESC, round
