-- grain: period (month, window)
-- inputs: known_returns, warned
-- rule: numerator = returns that a check before review had warned about, denominator = all returns
SELECT
    p.period,
    COUNT(DISTINCT w.return_id) AS numerator,
    COUNT(DISTINCT r.return_id) AS denominator
FROM (VALUES (1, 'month'), (2, 'window')) AS p (position, period)
LEFT JOIN known_returns AS r ON r.in_month OR (p.period = 'window' AND r.in_window)
LEFT JOIN warned AS w ON r.return_id = w.return_id
GROUP BY p.position, p.period
ORDER BY p.position
