-- grain: file × rule
-- inputs: mart.quarantine, mart.files, scope
-- rule: lines set aside in files of the institution or of nobody; copies of a file count once
WITH files AS (
    SELECT f.file_id, MIN(f.kind) AS kind, MIN(f.payer) AS payer, MIN(f.month) AS month
    FROM mart.files AS f
    CROSS JOIN scope AS s
    WHERE f.institution = s.institution OR f.institution IS NULL
    GROUP BY f.file_id
)
SELECT
    q.name,
    f.kind,
    f.payer,
    f.month,
    q.rule,
    MIN(q.message) AS message,
    COUNT(*) AS lines
FROM mart.quarantine AS q
INNER JOIN files AS f ON q.file_id = f.file_id
GROUP BY q.file_id, q.name, f.kind, f.payer, f.month, q.rule
ORDER BY lines DESC, q.name, q.rule, q.file_id
