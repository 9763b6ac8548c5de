-- grain: section (診療識別)
-- inputs: mart.sections, cuts
-- rule: the window; cuts whose section the notice does not tell are 不明
WITH counted AS (
    SELECT
        section,
        COUNT(*) AS cuts,
        COUNT(*) FILTER (WHERE in_month) AS cuts_month,
        SUM(cut_points) AS cut_points,
        SUM(CASE WHEN in_month THEN cut_points ELSE 0 END) AS cut_points_month,
        SUM(cut_yen) AS cut_yen
    FROM cuts
    GROUP BY section
)
SELECT
    n.section,
    COALESCE(l.label_ja, n.section) AS label_ja,
    n.cuts,
    n.cuts_month,
    CAST(n.cut_points AS BIGINT) AS cut_points,
    CAST(n.cut_points_month AS BIGINT) AS cut_points_month,
    CAST(n.cut_yen AS BIGINT) AS cut_yen,
    CAST(n.cut_points AS DOUBLE) / NULLIF(SUM(n.cut_points) OVER (), 0) AS share
FROM counted AS n
LEFT JOIN mart.sections AS l ON n.section = l.section
ORDER BY n.cut_points DESC, n.cuts DESC, n.section
