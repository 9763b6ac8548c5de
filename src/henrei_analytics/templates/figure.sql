-- grain: 1行は、理由の区分1つ
-- inputs: mart.returns, scope
-- rule: この医療機関の、期間のうちの返戻（原審査と再審査、すべての回）を、理由の区分ごとに数える。
--       scope は1行だけの表で、医療機関・報告月・期間の最初の月・基準日を持つ。
SELECT
    COALESCE(r.main_reason_category, '未分類') AS category,
    COUNT(*) AS returns,
    COUNT(*) FILTER (WHERE r.processing_month = s.month) AS returns_month,
    CAST(COALESCE(SUM(r.points), 0) AS BIGINT) AS points
FROM mart.returns AS r
INNER JOIN scope AS s ON r.institution = s.institution
WHERE r.processing_month BETWEEN s.first_month AND s.month
GROUP BY COALESCE(r.main_reason_category, '未分類')
ORDER BY returns DESC, category
