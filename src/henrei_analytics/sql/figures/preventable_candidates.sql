-- grain: kind of key × key × category, the 20 with most repeats; patients only by category
-- inputs: mart.categories, mart.departments, mart.guidance, repeats, return_span
-- rule: the numerators of preventable, by whom and why, with what the guidance says to do before the claim;
--       without a line of guidance the first look of the category
WITH candidates AS (
    SELECT
        r.kind,
        CASE WHEN r.kind <> 'patient' THEN r.repeat_key END AS repeat_key,
        r.category,
        COUNT(*) AS repeats,
        COUNT(DISTINCT r.processing_month) AS months,
        MAX(r.processing_month) AS last_month,
        SUM(r.points) AS points
    FROM repeats AS r
    CROSS JOIN return_span AS d
    WHERE r.in_window AND r.earlier > 0 AND r.processing_number - 12 >= d.first_number
    GROUP BY r.kind, CASE WHEN r.kind <> 'patient' THEN r.repeat_key END, r.category
),
ranked AS (
    SELECT
        c.*,
        row_number() OVER (
            ORDER BY c.repeats DESC, c.points DESC, c.kind, c.category, c.repeat_key NULLS FIRST
        ) AS rank
    FROM candidates AS c
),
advice AS (
    SELECT
        category,
        prevent_ja,
        row_number() OVER (PARTITION BY category ORDER BY payer NULLS FIRST, prevent_ja) AS place
    FROM mart.guidance
    WHERE code IS NULL AND prevent_ja IS NOT NULL
)
SELECT
    r.rank,
    r.kind,
    COALESCE(d.label_ja, r.repeat_key) AS who,
    r.category,
    r.repeats,
    r.months,
    r.last_month,
    CAST(r.points * 10 AS BIGINT) AS yen,
    COALESCE(a.prevent_ja, g.first_look_ja) AS prevent_ja
FROM ranked AS r
LEFT JOIN mart.departments AS d ON r.kind = 'department' AND r.repeat_key = d.department
LEFT JOIN mart.categories AS g ON r.category = g.category
LEFT JOIN advice AS a ON r.category = a.category AND a.place = 1
WHERE r.rank <= 20
ORDER BY r.rank
