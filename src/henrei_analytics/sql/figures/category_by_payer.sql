-- grain: category that occurs in the window (未分類 always) × payer with returns or claims
-- inputs: mart.categories, known_returns, rate_cells
-- rule: the common taxonomy is what both payers can be compared by; numerator and denominator as in rate_cells, only in
--       months for which the payer's claims and returns are both known
WITH months_known AS (
    SELECT month_number, payer, denominator
    FROM rate_cells
    WHERE setting = 'all' AND payer <> 'all' AND numerator IS NOT NULL AND denominator IS NOT NULL
),
claims AS (
    SELECT payer, SUM(denominator) AS denominator FROM months_known GROUP BY payer
),
counted AS (
    SELECT
        r.payer,
        r.category,
        COUNT(*) AS returns,
        COUNT(*) FILTER (WHERE r.in_month) AS returns_month,
        COUNT(*) FILTER (WHERE r.in_rate AND k.payer IS NOT NULL) AS numerator
    FROM known_returns AS r
    LEFT JOIN months_known AS k ON r.processing_number = k.month_number AND r.payer = k.payer
    WHERE r.in_window
    GROUP BY r.payer, r.category
),
cells AS (
    SELECT c.category, p.payer
    FROM (SELECT category FROM counted UNION SELECT '未分類' AS category) AS c
    CROSS JOIN (SELECT payer FROM counted UNION SELECT payer FROM claims) AS p
)
SELECT
    c.category,
    c.payer,
    COALESCE(n.returns, 0) AS returns,
    COALESCE(n.returns_month, 0) AS returns_month,
    CAST(COALESCE(n.returns, 0) AS DOUBLE) / NULLIF(SUM(n.returns) OVER (PARTITION BY c.payer), 0) AS share,
    CASE WHEN d.denominator IS NOT NULL THEN COALESCE(n.numerator, 0) END AS numerator,
    CAST(d.denominator AS BIGINT) AS denominator
FROM cells AS c
LEFT JOIN counted AS n ON c.category = n.category AND c.payer = n.payer
LEFT JOIN claims AS d ON c.payer = d.payer
LEFT JOIN mart.categories AS g ON c.category = g.category
ORDER BY CASE c.payer WHEN 'shaho' THEN 1 ELSE 2 END, g.position NULLS LAST, c.category
