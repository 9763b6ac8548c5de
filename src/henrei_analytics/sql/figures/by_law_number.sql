-- grain: law_number
-- inputs: mart.law_numbers, insurer_volumes
-- rule: the window; kinds of insurance with returns, most returns first
WITH counted AS (
    SELECT
        law_number,
        SUM(returns) AS returns,
        SUM(returns_month) AS returns_month,
        SUM(points) AS points,
        SUM(numerator) AS numerator,
        SUM(denominator) AS denominator
    FROM insurer_volumes
    GROUP BY law_number
)
SELECT
    c.law_number,
    COALESCE(l.label_ja, c.law_number) AS label_ja,
    CAST(c.returns AS BIGINT) AS returns,
    CAST(c.returns_month AS BIGINT) AS returns_month,
    CAST(c.points AS BIGINT) AS points,
    CAST(c.points * 10 AS BIGINT) AS yen,
    CAST(c.returns AS DOUBLE) / SUM(c.returns) OVER () AS share,
    CAST(c.numerator AS BIGINT) AS numerator,
    CAST(c.denominator AS BIGINT) AS denominator
FROM counted AS c
LEFT JOIN mart.law_numbers AS l ON c.law_number = l.law_number
WHERE c.returns > 0
ORDER BY c.returns DESC, c.points DESC, c.law_number
