-- core.guidance_texts
-- grain: one row of the guidance table
-- inputs: core.guidance, core.reason_codes, core.categories, core.sources
-- rule: a row about a code has the category the code table gives the code; a row about a category that does not say what
--       the category means has the meaning of the table of categories. The source is told by its title, that of an own
--       row as the office wrote it.
WITH code_categories AS (
    SELECT
        payer,
        prefecture,
        code,
        category,
        ROW_NUMBER() OVER (PARTITION BY payer, prefecture, code ORDER BY valid_from DESC NULLS LAST, category) AS place
    FROM core.reason_codes
)
SELECT
    guidance.payer,
    guidance.prefecture,
    guidance.code,
    COALESCE(guidance.category, codes.category) AS category,
    COALESCE(guidance.meaning_ja, categories.meaning_ja) AS meaning_ja,
    guidance.look_ja,
    guidance.correct_ja,
    guidance.prevent_ja,
    COALESCE(sources.title, guidance.source_id) AS source,
    CAST(guidance.written_on AS DATE) AS written_on,
    CAST(guidance.next_review AS DATE) AS next_review
FROM core.guidance AS guidance
LEFT JOIN code_categories AS codes
    ON codes.code = guidance.code
    AND codes.payer = guidance.payer
    AND COALESCE(codes.prefecture, '') = COALESCE(guidance.prefecture, '')
    AND codes.place = 1
LEFT JOIN core.categories AS categories ON categories.category = guidance.category
LEFT JOIN core.sources AS sources ON sources.source_id = guidance.source_id
