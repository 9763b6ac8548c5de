-- grain: one piece of guidance that some open return needs
-- inputs: mart.worklist, scope
-- rule: the returns that share a piece of guidance are counted together, the most money first
SELECT
    MIN(w.reason_category) AS reason_category,
    w.meaning_ja,
    w.correct_ja,
    w.prevent_ja,
    COUNT(*) AS returns,
    CAST(COALESCE(SUM(w.points), 0) * 10 AS BIGINT) AS yen,
    w.guidance_source,
    w.guidance_written_on
FROM mart.worklist AS w
INNER JOIN scope AS s ON w.institution = s.institution
WHERE w.meaning_ja IS NOT NULL
GROUP BY w.meaning_ja, w.correct_ja, w.prevent_ja, w.guidance_source, w.guidance_written_on
ORDER BY COALESCE(SUM(w.points), 0) DESC, COUNT(*) DESC, w.meaning_ja, w.correct_ja NULLS LAST, w.prevent_ja NULLS LAST,
    w.guidance_source NULLS LAST, w.guidance_written_on NULLS LAST
