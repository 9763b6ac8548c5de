-- grain: kind of key (patient, insurer, department) × month with data
-- inputs: repeats, covered_months
-- rule: numerator = returns that repeat a category of the same key 1 to 12 months before,
--       denominator = returns with that key and a category
WITH counted AS (
    SELECT
        kind,
        processing_month AS month,
        COUNT(*) FILTER (WHERE earlier > 0) AS numerator,
        COUNT(*) AS denominator
    FROM repeats
    WHERE in_window
    GROUP BY kind, processing_month
),
cells AS (
    SELECT m.month, k.position, k.kind
    FROM covered_months AS m
    CROSS JOIN (
        VALUES (1, 'patient'), (2, 'insurer'), (3, 'department')
    ) AS k (position, kind)
)
SELECT
    c.month,
    c.kind,
    COALESCE(n.numerator, 0) AS numerator,
    COALESCE(n.denominator, 0) AS denominator
FROM cells AS c
LEFT JOIN counted AS n ON c.month = n.month AND c.kind = n.kind
ORDER BY c.position, c.month
