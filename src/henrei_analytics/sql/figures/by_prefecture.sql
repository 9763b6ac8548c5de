-- grain: prefecture of the insurer, 不明 where its number tells none
-- inputs: mart.prefectures, insurer_volumes, scope
-- rule: the window; a number of 8 digits has the prefecture after the 法別番号 (digits 3 and 4), one of 6 at its start
WITH volumes AS (
    SELECT
        v.*,
        CASE
            WHEN length(v.insurer_number) = 8 THEN substr(v.insurer_number, 3, 2)
            WHEN length(v.insurer_number) = 6 THEN substr(v.insurer_number, 1, 2)
        END AS prefecture
    FROM insurer_volumes AS v
),
counted AS (
    SELECT
        p.prefecture,
        COALESCE(p.label_ja, '不明') AS label_ja,
        COUNT(DISTINCT v.insurer_number) FILTER (WHERE v.returns > 0) AS insurers,
        SUM(v.returns) AS returns,
        SUM(v.returns_month) AS returns_month,
        SUM(v.points) AS points,
        SUM(v.numerator) AS numerator,
        SUM(v.denominator) AS denominator
    FROM volumes AS v
    LEFT JOIN mart.prefectures AS p ON v.prefecture = p.prefecture
    GROUP BY p.prefecture, COALESCE(p.label_ja, '不明')
)
SELECT
    c.prefecture,
    c.label_ja,
    COALESCE(c.prefecture = substr(s.institution, 1, 2), FALSE) AS is_own_prefecture,
    c.insurers,
    CAST(c.returns AS BIGINT) AS returns,
    CAST(c.returns_month AS BIGINT) AS returns_month,
    CAST(c.points AS BIGINT) AS points,
    CAST(c.points * 10 AS BIGINT) AS yen,
    CAST(c.returns AS DOUBLE) / SUM(c.returns) OVER () AS share,
    CAST(c.numerator AS BIGINT) AS numerator,
    CAST(c.denominator AS BIGINT) AS denominator
FROM counted AS c
CROSS JOIN scope AS s
WHERE c.returns > 0
ORDER BY c.returns DESC, c.points DESC, c.prefecture NULLS LAST
