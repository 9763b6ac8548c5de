-- grain: person who keyed the claim × category, the 20 with most repeats
-- inputs: repeats
-- rule: returns of the window that repeat a category of the same person 1 to 12 months before; no rows where no list tells who keyed the claims
WITH counted AS (
    SELECT
        repeat_key,
        category,
        COUNT(*) AS returns,
        COUNT(*) FILTER (WHERE earlier > 0) AS repeats,
        SUM(earlier) AS pairs,
        COUNT(DISTINCT processing_month) AS months,
        SUM(points) AS points,
        MAX(processing_month) AS last_month
    FROM repeats
    WHERE kind = 'person' AND in_window
    GROUP BY repeat_key, category
),
ranked AS (
    SELECT
        c.*,
        row_number() OVER (
            ORDER BY repeats DESC, returns DESC, points DESC, repeat_key, category
        ) AS rank
    FROM counted AS c
    WHERE repeats > 0
)
SELECT
    r.rank,
    r.repeat_key AS entered_by,
    r.category,
    r.returns,
    r.repeats,
    CAST(r.pairs AS BIGINT) AS pairs,
    r.months,
    r.last_month,
    CAST(r.points AS BIGINT) AS points
FROM ranked AS r
WHERE r.rank <= 20
ORDER BY r.rank
