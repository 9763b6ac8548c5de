-- grain: one row per re-claim of the window's returns
-- inputs: known_returns, scope
-- rule: known = sent at least 3 months before the month of as_of, so that its answer has had the time to come.
SELECT
    r.return_id,
    r.payer,
    r.stage,
    r.status = 'returned_again' AS returned_again,
    s.as_of_month_number - r.reclaimed_by_number >= 3 AS known
FROM known_returns AS r
CROSS JOIN scope AS s
WHERE r.in_window AND r.reclaimed_by_number IS NOT NULL
