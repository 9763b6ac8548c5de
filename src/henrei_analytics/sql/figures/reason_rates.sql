-- grain: category that occurs in the window (未分類 always) × month of the window
-- inputs: mart.categories, known_returns, not_loaded, rate_cells, return_span, scope, scope_months
-- rule: returns = all rounds and both stages, NULL in months whose returns are not known or not all loaded; numerator (first-round
--       first-review returns) and denominator as in rate_cells for both payers together
WITH counted AS (
    SELECT
        category,
        processing_number AS month_number,
        COUNT(*) AS returns,
        COUNT(*) FILTER (WHERE in_rate) AS numerator
    FROM known_returns
    WHERE in_window
    GROUP BY category, processing_number
),
cells AS (
    SELECT m.month, m.month_number, c.category
    FROM scope_months AS m
    CROSS JOIN (SELECT category FROM counted UNION SELECT '未分類' AS category) AS c
)
SELECT
    c.month,
    c.category,
    CASE
        WHEN c.month_number = s.month_number
            OR (
                c.month_number BETWEEN k.first_number AND k.last_number
                AND c.month_number NOT IN (SELECT u.month_number FROM not_loaded AS u)
            )
            THEN COALESCE(n.returns, 0)
    END AS returns,
    CASE WHEN r.numerator IS NOT NULL THEN COALESCE(n.numerator, 0) END AS numerator,
    r.denominator
FROM cells AS c
CROSS JOIN return_span AS k
CROSS JOIN scope AS s
LEFT JOIN counted AS n ON c.month_number = n.month_number AND c.category = n.category
LEFT JOIN rate_cells AS r ON c.month_number = r.month_number AND r.payer = 'all' AND r.setting = 'all'
LEFT JOIN mart.categories AS g ON c.category = g.category
ORDER BY g.position NULLS LAST, c.category, c.month
