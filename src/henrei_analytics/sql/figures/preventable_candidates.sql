-- grain: kind of key × key × category, the 20 with most repeats beyond chance; patients only by category
-- inputs: mart.categories, mart.departments, mart.guidance, claim_weights, expected_repeats, repeats, return_span
-- rule: the numerators of preventable, by whom and why, with what the guidance says to do before the claim;
--       without a line of guidance the first look of the category. excess = repeats less those chance alone would give
--       (expected_repeats): a large department repeats everything. What does not exceed chance is left out; where
--       chance is not known, the number of repeats decides, after those where it is.
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
by_chance AS (
    SELECT kind, CASE WHEN kind <> 'patient' THEN repeat_key END AS repeat_key, category, SUM(returns) AS expected
    FROM expected_repeats
    GROUP BY kind, CASE WHEN kind <> 'patient' THEN repeat_key END, category
),
kinds_claimed AS (
    SELECT DISTINCT kind FROM claim_weights
),
held_against_chance AS (
    SELECT c.*, CASE WHEN q.kind IS NOT NULL THEN COALESCE(e.expected, 0) END AS expected
    FROM candidates AS c
    LEFT JOIN kinds_claimed AS q ON c.kind = q.kind
    LEFT JOIN by_chance AS e
        ON c.kind = e.kind
        AND c.category = e.category
        AND (c.repeat_key = e.repeat_key OR (c.repeat_key IS NULL AND e.repeat_key IS NULL))
),
ranked AS (
    SELECT
        c.*,
        c.repeats - c.expected AS excess,
        row_number() OVER (
            ORDER BY ROUND(c.repeats - c.expected, 9) DESC NULLS LAST, c.repeats DESC, c.points DESC, c.kind, c.category,
                c.repeat_key NULLS FIRST
        ) AS rank
    FROM held_against_chance AS c
    WHERE c.expected IS NULL OR ROUND(c.repeats - c.expected, 9) > 0
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
    r.expected,
    r.excess,
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
