-- grain: kind of key × key × category with at least one repeat in the window
-- inputs: repeats
-- rule: rank within the kind, most repeats first; a return repeats when the same key had its category 1 to 12 months before
WITH counted AS (
    SELECT
        kind,
        repeat_key,
        category,
        COUNT(*) AS returns,
        COUNT(*) FILTER (WHERE earlier > 0) AS repeats,
        SUM(earlier) AS pairs,
        COUNT(DISTINCT processing_month) AS months,
        SUM(points) AS points,
        MAX(processing_month) AS last_month
    FROM repeats
    WHERE in_window
    GROUP BY kind, repeat_key, category
)
SELECT
    kind,
    row_number() OVER (
        PARTITION BY kind ORDER BY repeats DESC, returns DESC, points DESC, repeat_key, category
    ) AS rank,
    repeat_key,
    category,
    returns,
    repeats,
    CAST(pairs AS BIGINT) AS pairs,
    months,
    last_month,
    CAST(points AS BIGINT) AS points
FROM counted
WHERE repeats > 0
