-- core.text_categories
-- grain: one reason text that a rule understands
-- inputs: core.reason_lines, core.reason_text_rules
-- rule: the first rule whose pattern occurs in the text (in its NFKC form) proposes the category
WITH texts AS (
    SELECT DISTINCT text_plain FROM core.reason_lines WHERE text_plain IS NOT NULL
),
fitting AS (
    SELECT
        texts.text_plain,
        rules.category,
        ROW_NUMBER() OVER (PARTITION BY texts.text_plain ORDER BY CAST(rules.position AS INTEGER)) AS place
    FROM texts
    INNER JOIN core.reason_text_rules AS rules ON REGEXP_MATCHES(texts.text_plain, rules.pattern)
)
SELECT text_plain, category
FROM fitting
WHERE place = 1
