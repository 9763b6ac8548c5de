-- grain: rounds × status of the last return
-- inputs: mart.journeys, known_returns
-- rule: one journey is a receipt from its first return to its end; those whose first return is of the
--       window. yen as first returned.
WITH journeys AS (
    SELECT j.rounds, j.status, j.changed_payer, COALESCE(j.points, 0) AS points
    FROM mart.journeys AS j
    INNER JOIN known_returns AS r ON j.journey_id = r.journey_id
    WHERE r.round = 1 AND r.in_window
)
SELECT
    CAST(rounds AS INTEGER) AS rounds,
    status,
    COUNT(*) AS journeys,
    COUNT(*) FILTER (WHERE changed_payer) AS changed_payer,
    CAST(SUM(points) * 10 AS BIGINT) AS yen,
    CAST(COUNT(*) AS DOUBLE) / SUM(COUNT(*)) OVER (PARTITION BY rounds) AS share
FROM journeys
GROUP BY rounds, status
ORDER BY rounds,
    CASE status
        WHEN 'settled' THEN 1
        WHEN 'resubmitted' THEN 2
        WHEN 'open' THEN 3
        WHEN 'written_off' THEN 4
        WHEN 'lapsed' THEN 5
        ELSE 6
    END,
    status
