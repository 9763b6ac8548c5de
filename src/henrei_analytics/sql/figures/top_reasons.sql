-- grain: category, at most five
-- inputs: mart.categories, known_returns, not_loaded, return_span, scope
-- rule: main categories of the month's returns, most frequent first, each with where to look first;
--       last month is NULL where its returns are not known or not all loaded, the change also where this month's are not
WITH counted AS (
    SELECT
        r.category,
        COUNT(*) FILTER (WHERE r.in_month) AS returns,
        COALESCE(SUM(r.points) FILTER (WHERE r.in_month), 0) AS points,
        COUNT(*) FILTER (WHERE r.processing_number = s.month_number - 1) AS returns_last_month
    FROM known_returns AS r
    CROSS JOIN scope AS s
    GROUP BY r.category
),
last_month AS (
    SELECT
        s.month_number - 1 BETWEEN k.first_number AND k.last_number
        AND s.month_number - 1 NOT IN (SELECT n.month_number FROM not_loaded AS n) AS has_data,
        s.month_number NOT IN (SELECT n.month_number FROM not_loaded AS n) AS is_whole
    FROM return_span AS k
    CROSS JOIN scope AS s
),
ranked AS (
    SELECT
        row_number() OVER (
            ORDER BY c.returns DESC, c.points DESC, g.position NULLS LAST, c.category
        ) AS rank,
        c.*,
        g.first_look_ja AS first_look,
        CAST(c.returns AS DOUBLE) / SUM(c.returns) OVER () AS share
    FROM counted AS c
    LEFT JOIN mart.categories AS g ON c.category = g.category
    WHERE c.returns > 0
)
SELECT
    r.rank,
    r.category,
    r.returns,
    CAST(r.points AS BIGINT) AS points,
    CAST(r.points * 10 AS BIGINT) AS yen,
    r.share,
    CASE WHEN l.has_data THEN r.returns_last_month END AS returns_last_month,
    CASE WHEN l.has_data AND l.is_whole THEN r.returns - r.returns_last_month END AS change,
    r.first_look
FROM ranked AS r
CROSS JOIN last_month AS l
WHERE r.rank <= 5
ORDER BY r.rank
