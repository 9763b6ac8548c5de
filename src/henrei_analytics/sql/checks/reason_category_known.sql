-- checks.reason_category_known
-- grain: payer × processing month; counted in reasons
-- inputs: checked_returns, mart.return_reasons
-- rule: reasons that neither a table nor a rule on the text could place
SELECT
    r.payer,
    r.processing_month AS month,
    COUNT(*) AS checked,
    COUNT(*) FILTER (WHERE c.category IS NULL OR c.category = '未分類') AS violating
FROM mart.return_reasons AS c
INNER JOIN checked_returns AS r ON c.return_id = r.return_id
GROUP BY r.payer, r.processing_month
