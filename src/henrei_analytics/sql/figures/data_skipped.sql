-- grain: record type
-- inputs: mart.skipped, mart.files, scope
-- rule: lines the tool has no use for, in files of the institution; copies of a file count once
WITH files AS (
    SELECT DISTINCT f.file_id
    FROM mart.files AS f
    INNER JOIN scope AS s ON f.institution = s.institution
)
SELECT
    k.record_type,
    COUNT(DISTINCT k.file_id) AS files,
    CAST(SUM(k.lines) AS BIGINT) AS lines
FROM mart.skipped AS k
INNER JOIN files AS f ON k.file_id = f.file_id
GROUP BY k.record_type
ORDER BY lines DESC, k.record_type
