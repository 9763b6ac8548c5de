-- grain: insurer, the 20 with most returns, and one row その他 for all others
-- inputs: insurer_volumes
-- rule: the window; その他 keeps the sums equal to the total
WITH insurers AS (
    SELECT
        insurer_number,
        MIN(payer) AS payer,
        MIN(law_number) AS law_number,
        SUM(returns) AS returns,
        SUM(returns_month) AS returns_month,
        SUM(points) AS points,
        SUM(numerator) AS numerator,
        SUM(denominator) AS denominator
    FROM insurer_volumes
    GROUP BY insurer_number
    HAVING SUM(returns) > 0
),
ranked AS (
    SELECT
        i.*,
        LEAST(
            row_number() OVER (ORDER BY returns DESC, points DESC, insurer_number), 21
        ) AS rank
    FROM insurers AS i
),
shown AS (
    SELECT
        rank,
        CASE WHEN rank = 21 THEN 'その他' ELSE MIN(insurer_number) END AS insurer_number,
        CASE WHEN rank < 21 THEN MIN(payer) END AS payer,
        CASE WHEN rank < 21 THEN MIN(law_number) END AS law_number,
        COUNT(*) AS insurers,
        SUM(returns) AS returns,
        SUM(returns_month) AS returns_month,
        SUM(points) AS points,
        SUM(numerator) AS numerator,
        SUM(denominator) AS denominator
    FROM ranked
    GROUP BY rank
)
SELECT
    rank,
    insurer_number,
    payer,
    law_number,
    insurers,
    CAST(returns AS BIGINT) AS returns,
    CAST(returns_month AS BIGINT) AS returns_month,
    CAST(points AS BIGINT) AS points,
    CAST(points * 10 AS BIGINT) AS yen,
    CAST(returns AS DOUBLE) / SUM(returns) OVER () AS share,
    CAST(numerator AS BIGINT) AS numerator,
    CAST(denominator AS BIGINT) AS denominator
FROM shown
ORDER BY rank
