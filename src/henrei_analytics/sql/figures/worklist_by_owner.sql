-- grain: one row per owner of open returns; those without an owner are one row, the last
-- inputs: mart.worklist, scope
-- rule: every open return counts once, by how urgent it is
SELECT
    COALESCE(w.owner, '未定') AS owner,
    COUNT(*) AS returns,
    COUNT(*) FILTER (WHERE w.urgency = 'overdue') AS overdue,
    COUNT(*) FILTER (WHERE w.urgency = 'soon') AS soon,
    COUNT(*) FILTER (WHERE w.urgency = 'none') AS later,
    COUNT(*) FILTER (WHERE NOT w.is_downloaded) AS to_download,
    COUNT(*) FILTER (WHERE w.conflicts > 0) AS in_conflict,
    CAST(COALESCE(SUM(w.points), 0) AS BIGINT) AS points,
    CAST(COALESCE(SUM(w.points), 0) * 10 AS BIGINT) AS yen
FROM mart.worklist AS w
INNER JOIN scope AS s ON w.institution = s.institution
GROUP BY COALESCE(w.owner, '未定')
ORDER BY CASE WHEN COALESCE(w.owner, '未定') = '未定' THEN 2 ELSE 1 END, COUNT(*) DESC, COALESCE(w.owner, '未定')
