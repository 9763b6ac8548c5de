-- grain: code system × code × text
-- inputs: mart.return_reasons, known_returns
-- rule: reasons of the window that no code table and no rule on the text could place
WITH reasons AS (
    SELECT c.return_id, c.code_system, c.code, c.text, c.category, c.category_source
    FROM mart.return_reasons AS c
    INNER JOIN known_returns AS r ON c.return_id = r.return_id
    WHERE r.in_window
)
SELECT
    code_system,
    code,
    text,
    COUNT(*) AS reasons,
    COUNT(DISTINCT return_id) AS returns,
    (SELECT COUNT(*) FROM reasons) AS reasons_total,
    CAST(COUNT(*) AS DOUBLE) / (SELECT COUNT(*) FROM reasons) AS share
FROM reasons
WHERE category = '未分類' OR category IS NULL
GROUP BY code_system, code, text
ORDER BY reasons DESC, code_system NULLS LAST, code NULLS LAST, text NULLS LAST
