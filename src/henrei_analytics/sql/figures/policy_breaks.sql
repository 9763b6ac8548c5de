-- grain: one row per change of rules inside the window
-- inputs: mart.policy_breaks, scope
-- rule: marks for every chart over time
SELECT b.month, b.label_ja
FROM mart.policy_breaks AS b
CROSS JOIN scope AS s
WHERE b.month BETWEEN s.first_month AND s.month
ORDER BY b.month, b.label_ja
