-- grain: category (part = category), and payer × reason code × category with at least 10 re-claims (part = code)
-- inputs: mart.categories, mart.return_reasons, known_returns, known_reclaims
-- rule: re-claims of the window's returns that are known (known_reclaims), as in re_return_rate. numerator = those that
--       came back again, with the category of the next return the same or another one; the others held.
WITH first_reason AS (
    SELECT return_id, MIN(text) AS text
    FROM mart.return_reasons
    WHERE position = 1
    GROUP BY return_id
),
reclaims AS (
    SELECT
        r.payer,
        r.category,
        r.main_reason_code AS code,
        t.text,
        r.status = 'returned_again' AS came_back,
        n.category = r.category AS same_category
    FROM known_returns AS r
    INNER JOIN known_reclaims AS k ON r.return_id = k.return_id
    LEFT JOIN known_returns AS n ON r.return_id = n.previous_return_id
    LEFT JOIN first_reason AS t ON r.return_id = t.return_id
    WHERE k.known
),
counted AS (
    SELECT
        'category' AS part,
        'all' AS payer,
        category,
        CAST(NULL AS VARCHAR) AS code,
        CAST(NULL AS VARCHAR) AS text,
        COUNT(*) AS denominator,
        COUNT(*) FILTER (WHERE came_back) AS numerator,
        COUNT(*) FILTER (WHERE came_back AND same_category) AS same_category
    FROM reclaims
    GROUP BY category
    UNION ALL
    SELECT
        'code' AS part,
        payer,
        category,
        code,
        MIN(text) AS text,
        COUNT(*) AS denominator,
        COUNT(*) FILTER (WHERE came_back) AS numerator,
        COUNT(*) FILTER (WHERE came_back AND same_category) AS same_category
    FROM reclaims
    WHERE code IS NOT NULL
    GROUP BY payer, category, code
    HAVING COUNT(*) >= 10
)
SELECT
    c.part,
    c.payer,
    c.category,
    c.code,
    c.text,
    c.denominator,
    c.denominator - c.numerator AS held,
    c.numerator,
    c.same_category,
    c.numerator - c.same_category AS other_category
FROM counted AS c
LEFT JOIN mart.categories AS g ON c.category = g.category
ORDER BY c.part, c.denominator DESC, g.position NULLS LAST, c.category, c.payer DESC, c.code NULLS LAST
