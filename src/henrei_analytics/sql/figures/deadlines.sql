-- grain: kind of deadline (download, claim_right) × month it falls in × whether it has passed
-- inputs: mart.worklist, scope
-- rule: the end of the download counts only for returns whose file is not in hand; the end of the right to claim, which
--       every open return has, only to the end of the twelfth month after that of as_of
WITH dates AS (
    SELECT 'download' AS kind, institution, download_deadline AS deadline, points
    FROM mart.worklist
    WHERE NOT is_downloaded
    UNION ALL
    SELECT 'claim_right' AS kind, institution, claim_right_expires AS deadline, points
    FROM mart.worklist
),
dated AS (
    SELECT
        d.kind,
        d.deadline,
        make_date(year(d.deadline), month(d.deadline), 1) AS month,
        d.deadline < s.as_of AS passed,
        d.points
    FROM dates AS d
    INNER JOIN scope AS s ON d.institution = s.institution
    WHERE d.deadline IS NOT NULL
        AND (d.kind = 'download' OR year(d.deadline) * 12 + month(d.deadline) <= s.as_of_month_number + 12)
)
SELECT
    kind,
    month,
    passed,
    MIN(deadline) AS first_deadline,
    COUNT(*) AS returns,
    CAST(COALESCE(SUM(points), 0) AS BIGINT) AS points,
    CAST(COALESCE(SUM(points), 0) * 10 AS BIGINT) AS yen
FROM dated
GROUP BY kind, month, passed
ORDER BY kind DESC, month, passed DESC
