-- grain: code system × code (or text where there is no code) × category
-- inputs: mart.return_reasons, known_returns
-- rule: every reason of a return counts, so a return can stand in several rows; the text shown is
--       the most frequent one of the code
WITH reasons AS (
    SELECT
        c.return_id,
        c.code_system,
        c.code,
        c.text,
        COALESCE(c.code, c.text) AS code_or_text,
        COALESCE(c.category, '未分類') AS category,
        r.in_month
    FROM mart.return_reasons AS c
    INNER JOIN known_returns AS r ON c.return_id = r.return_id
    WHERE r.in_window
),
texts AS (
    SELECT
        code_system,
        code_or_text,
        category,
        text,
        row_number() OVER (
            PARTITION BY code_system, code_or_text, category
            ORDER BY COUNT(*) DESC, text NULLS LAST
        ) AS place
    FROM reasons
    GROUP BY code_system, code_or_text, category, text
)
SELECT
    r.code_system,
    MIN(r.code) AS code,
    MIN(t.text) AS text,
    r.category,
    COUNT(DISTINCT r.text) AS texts,
    COUNT(*) AS reasons,
    COUNT(DISTINCT r.return_id) AS returns,
    COUNT(DISTINCT r.return_id) FILTER (WHERE r.in_month) AS returns_month
FROM reasons AS r
LEFT JOIN texts AS t
    ON r.code_system IS NOT DISTINCT FROM t.code_system
    AND r.code_or_text IS NOT DISTINCT FROM t.code_or_text
    AND r.category = t.category
    AND t.place = 1
GROUP BY r.code_system, r.code_or_text, r.category
ORDER BY returns DESC, reasons DESC, r.code_system NULLS LAST, r.code_or_text NULLS LAST, r.category
