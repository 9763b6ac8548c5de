-- grain: code system × code × text × category
-- inputs: mart.return_reasons, known_returns
-- rule: reasons of the window placed by a rule on their text: a proposal to be checked
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
    category,
    COUNT(*) AS reasons,
    COUNT(DISTINCT return_id) AS returns,
    (SELECT COUNT(*) FROM reasons) AS reasons_total,
    CAST(COUNT(*) AS DOUBLE) / (SELECT COUNT(*) FROM reasons) AS share
FROM reasons
WHERE category_source = 'text'
GROUP BY code_system, code, text, category
ORDER BY reasons DESC, code_system NULLS LAST, code NULLS LAST, text NULLS LAST, category
