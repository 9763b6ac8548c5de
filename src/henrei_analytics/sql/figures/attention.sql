-- grain: one row per fact that needs doing, of the institution or of nobody (a file refused unread)
-- inputs: mart.attention, scope
-- rule: as the contract has it; red before amber before info
SELECT
    a.position,
    a.what,
    a.severity,
    a.payer,
    a.kind,
    a.month,
    a.number,
    a.name,
    a.message,
    a.deadline,
    a.days_left
FROM mart.attention AS a
CROSS JOIN scope AS s
WHERE a.institution = s.institution OR a.institution IS NULL
ORDER BY CASE a.severity WHEN 'red' THEN 1 WHEN 'amber' THEN 2 ELSE 3 END,
    a.position, a.what, a.month NULLS LAST, a.payer DESC NULLS LAST, a.kind NULLS LAST,
    a.name NULLS LAST
