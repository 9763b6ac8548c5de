-- grain: one row per kind of file the institution has ever loaded
-- inputs: mart.files, scope
-- rule: a kind that was never loaded says nothing, not even 0; files replaced by newer ones count
SELECT DISTINCT f.kind
FROM mart.files AS f
INNER JOIN scope AS s ON f.institution = s.institution
WHERE f.status IN ('loaded', 'superseded')
