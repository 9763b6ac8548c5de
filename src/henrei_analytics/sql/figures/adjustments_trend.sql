-- grain: payer (shaho, kokuho, all) × month of the window
-- inputs: adjustment_months, scope_months
-- rule: NULL in months whose notices are not known; cut, raised and restored stand side by side
SELECT
    m.month,
    p.payer,
    a.cuts,
    a.receipts,
    a.cut_points,
    a.cut_yen,
    a.claimed_points,
    a.cut_rate,
    a.raised_points,
    a.restored_points,
    a.net_points
FROM scope_months AS m
CROSS JOIN (VALUES (1, 'shaho'), (2, 'kokuho'), (3, 'all')) AS p (position, payer)
LEFT JOIN adjustment_months AS a ON m.month_number = a.month_number AND p.payer = a.payer
ORDER BY p.position, m.month
