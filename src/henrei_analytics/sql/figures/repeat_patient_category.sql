-- grain: category
-- inputs: mart.categories, repeats
-- rule: returns of the window whose patient had the same category 1 to 12 months before; patients
--       are counted and never shown
SELECT
    r.category,
    COUNT(*) AS returns,
    COUNT(*) FILTER (WHERE r.earlier > 0) AS repeats,
    COUNT(*) FILTER (WHERE r.earlier > 0 AND r.round > 1) AS repeats_same_claim,
    CAST(SUM(r.earlier) AS BIGINT) AS pairs,
    COUNT(DISTINCT r.repeat_key) AS patients,
    COUNT(DISTINCT r.repeat_key) FILTER (WHERE r.earlier > 0) AS patients_repeating,
    CAST(COUNT(*) FILTER (WHERE r.earlier > 0) AS DOUBLE) / COUNT(*) AS share
FROM repeats AS r
LEFT JOIN mart.categories AS g ON r.category = g.category
WHERE r.kind = 'patient' AND r.in_window
GROUP BY r.category, g.position
ORDER BY repeats DESC, returns DESC, g.position NULLS LAST, r.category
