-- grain: rank 1 to 15 among the codes of each payer; 社保 and 国保 stand side by side, they share no codes
-- inputs: mart.return_reasons, known_returns
-- rule: the window; every reason of a return counts once for its code, or its text where there is no code; the text
--       shown is the most frequent one of the code
WITH reasons AS (
    SELECT
        r.payer,
        c.return_id,
        COALESCE(c.code_system, '') AS code_system,
        c.code,
        c.text,
        COALESCE(c.code, c.text) AS code_or_text,
        COALESCE(c.category, '未分類') AS category
    FROM mart.return_reasons AS c
    INNER JOIN known_returns AS r ON c.return_id = r.return_id
    WHERE r.in_window
),
texts AS (
    SELECT
        payer,
        code_system,
        code_or_text,
        category,
        text,
        row_number() OVER (
            PARTITION BY payer, code_system, code_or_text, category
            ORDER BY COUNT(*) DESC, text NULLS LAST
        ) AS place
    FROM reasons
    GROUP BY payer, code_system, code_or_text, category, text
),
counted AS (
    SELECT
        payer,
        code_system,
        code_or_text,
        category,
        MIN(code) AS code,
        COUNT(DISTINCT return_id) AS returns
    FROM reasons
    GROUP BY payer, code_system, code_or_text, category
),
ranked AS (
    SELECT
        c.payer,
        c.code,
        c.category,
        c.returns,
        t.text,
        row_number() OVER (
            PARTITION BY c.payer
            ORDER BY c.returns DESC, c.code_or_text NULLS LAST, c.code_system, c.category
        ) AS rank
    FROM counted AS c
    LEFT JOIN texts AS t
        ON c.payer = t.payer
        AND c.code_system = t.code_system
        AND c.code_or_text IS NOT DISTINCT FROM t.code_or_text
        AND c.category = t.category
        AND t.place = 1
)
SELECT
    k.rank,
    s.code AS shaho_code,
    s.text AS shaho_text,
    s.category AS shaho_category,
    s.returns AS shaho_returns,
    n.code AS kokuho_code,
    n.text AS kokuho_text,
    n.category AS kokuho_category,
    n.returns AS kokuho_returns
FROM (SELECT DISTINCT rank FROM ranked WHERE rank <= 15) AS k
LEFT JOIN ranked AS s ON k.rank = s.rank AND s.payer = 'shaho'
LEFT JOIN ranked AS n ON k.rank = n.rank AND n.payer = 'kokuho'
ORDER BY k.rank
