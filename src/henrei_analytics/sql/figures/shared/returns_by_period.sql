-- grain: one row per return × period (month, window) it belongs to
-- inputs: known_returns
-- rule: the report's month is part of the window, so its returns appear in both
SELECT 'month' AS period, r.* FROM known_returns AS r WHERE r.in_month
UNION ALL
SELECT 'window' AS period, r.* FROM known_returns AS r WHERE r.in_window
