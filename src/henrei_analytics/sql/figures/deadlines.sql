-- grain: kind of deadline (download, claim_right) × month it falls in × whether it has passed
-- inputs: known_returns, scope
-- rule: every open return counts once for each deadline it has; paper has no download deadline
WITH dates AS (
    SELECT 'download' AS kind, download_deadline AS deadline, points
    FROM known_returns
    WHERE status = 'open' AND download_deadline IS NOT NULL
    UNION ALL
    SELECT 'claim_right' AS kind, claim_right_expires AS deadline, points
    FROM known_returns
    WHERE status = 'open' AND claim_right_expires IS NOT NULL
),
dated AS (
    SELECT
        d.kind,
        d.deadline,
        make_date(year(d.deadline), month(d.deadline), 1) AS month,
        d.deadline < s.as_of AS passed,
        d.points
    FROM dates AS d
    CROSS JOIN scope AS s
)
SELECT
    kind,
    month,
    passed,
    MIN(deadline) AS first_deadline,
    COUNT(*) AS returns,
    CAST(SUM(points) AS BIGINT) AS points,
    CAST(SUM(points) * 10 AS BIGINT) AS yen
FROM dated
GROUP BY kind, month, passed
ORDER BY kind DESC, month, passed DESC
