-- mart.policy_breaks
-- grain: one change of rules to mark on every trend, by processing month
-- inputs: core.policy_breaks
-- rule: a change by care month shows in claims and returns a month later
SELECT
    CASE WHEN month_of = 'service' THEN CAST(CAST(month AS DATE) + INTERVAL 1 MONTH AS DATE) ELSE CAST(month AS DATE) END AS month,
    label_ja
FROM core.policy_breaks
