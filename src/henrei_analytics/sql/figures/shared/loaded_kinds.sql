-- grain: one row per kind of file the institution has ever loaded
-- inputs: mart.files, scope
-- rule: a kind that was never loaded says nothing, not even 0; files replaced by newer ones count. files = those in use
--       of the scope's months and later, and those of no month
SELECT
    f.kind,
    COUNT(*) FILTER (
        WHERE f.status = 'loaded' AND (f.month IS NULL OR f.month BETWEEN s.first_month AND s.as_of)
    ) AS files
FROM mart.files AS f
INNER JOIN scope AS s ON f.institution = s.institution
WHERE f.status IN ('loaded', 'superseded')
GROUP BY f.kind
