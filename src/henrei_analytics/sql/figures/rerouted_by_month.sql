-- grain: month with data × outcome (returned: returns of 資格関係; else what the payer did itself)
-- inputs: mart.rerouted, known_returns, covered_months, scope
-- rule: receipts the payer moved or split are never returns; they stand beside the returns of 資格関係
--       because both come from the same cause. Outcomes that occur in the window, 0 where not.
WITH counted AS (
    SELECT processing_month AS month, 'returned' AS outcome, COUNT(*) AS receipts, SUM(points) AS points
    FROM known_returns
    WHERE in_window AND category = '資格関係'
    GROUP BY processing_month
    UNION ALL
    SELECT
        r.processing_month AS month,
        r.outcome,
        COUNT(*) AS receipts,
        COALESCE(SUM(r.points), 0) AS points
    FROM mart.rerouted AS r
    INNER JOIN scope AS s ON r.institution = s.institution
    WHERE r.processing_month BETWEEN s.first_month AND s.month
        AND year(r.processing_month) * 12 + month(r.processing_month) < s.as_of_month_number
    GROUP BY r.processing_month, r.outcome
),
months AS (
    SELECT c.month
    FROM covered_months AS c
    CROSS JOIN scope AS s
    WHERE c.month_number < s.as_of_month_number
    UNION
    SELECT month FROM counted
),
cells AS (
    SELECT m.month, o.outcome
    FROM months AS m
    CROSS JOIN (SELECT DISTINCT outcome FROM counted) AS o
)
SELECT
    c.month,
    c.outcome,
    COALESCE(n.receipts, 0) AS receipts,
    CAST(COALESCE(n.points, 0) AS BIGINT) AS points
FROM cells AS c
LEFT JOIN counted AS n ON c.month = n.month AND c.outcome = n.outcome
ORDER BY c.month,
    CASE c.outcome
        WHEN 'returned' THEN 1
        WHEN 'transferred' THEN 2
        WHEN 'split' THEN 3
        WHEN 'as_claimed' THEN 4
        ELSE 5
    END,
    c.outcome
