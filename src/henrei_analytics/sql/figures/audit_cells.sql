-- grain: payer × setting × category × department of the institution's returns
-- inputs: mart.departments, known_returns
-- rule: all returns of the window, the largest cell first; a return has one main category
SELECT
    row_number() OVER (
        ORDER BY COUNT(*) DESC, SUM(r.points) DESC, r.payer DESC, r.setting, r.category, COALESCE(r.department, '')
    ) AS cell,
    r.payer,
    r.setting,
    r.category,
    COALESCE(d.label_ja, r.department) AS department,
    COUNT(*) AS returns,
    CAST(SUM(r.points) AS BIGINT) AS points,
    CAST(SUM(r.points) * 10 AS BIGINT) AS yen,
    CAST(COUNT(*) AS DOUBLE) / SUM(COUNT(*)) OVER () AS share,
    CAST(SUM(COUNT(*)) OVER (
        ORDER BY COUNT(*) DESC, SUM(r.points) DESC, r.payer DESC, r.setting, r.category, COALESCE(r.department, '')
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS DOUBLE) / SUM(COUNT(*)) OVER () AS cumulative_share
FROM known_returns AS r
LEFT JOIN mart.departments AS d ON r.department = d.department
WHERE r.in_window
GROUP BY r.payer, r.setting, r.category, r.department, d.label_ja
ORDER BY cell
