-- grain: one row per return × error it had been warned about before review
-- inputs: mart.pre_checks, known_returns
-- rule: errors of receipts that came back all the same; the same code twice on a receipt is one
SELECT
    r.return_id,
    c.code,
    MIN(c.level) AS level,
    MIN(c.message) AS message,
    r.in_month,
    r.in_window
FROM mart.pre_checks AS c
INNER JOIN known_returns AS r ON c.return_id = r.return_id
GROUP BY r.return_id, c.code, r.in_month, r.in_window
