-- grain: payer × setting
-- inputs: cuts
-- rule: the window
SELECT
    payer,
    setting,
    COUNT(*) AS cuts,
    COUNT(*) FILTER (WHERE in_month) AS cuts_month,
    CAST(SUM(cut_points) AS BIGINT) AS cut_points,
    CAST(SUM(CASE WHEN in_month THEN cut_points ELSE 0 END) AS BIGINT) AS cut_points_month,
    CAST(SUM(cut_yen) AS BIGINT) AS cut_yen,
    CAST(SUM(cut_points) AS DOUBLE) / NULLIF(SUM(SUM(cut_points)) OVER (), 0) AS share
FROM cuts
GROUP BY payer, setting
ORDER BY payer DESC, setting
