-- core.return_reasons
-- grain: one reason of one return, with its category
-- inputs: core.reason_lines, core.reason_systems, core.reason_codes, core.text_categories
-- rule: the code table decides (a prefecture's own list before the general one, valid in the processing month);
--       a code it does not know may be classified by its text, and says so; the rest is 未分類
WITH coded AS (
    SELECT
        lines.*,
        systems.code_system,
        codes.category AS code_category,
        ROW_NUMBER() OVER (
            PARTITION BY lines.return_id, lines.position
            ORDER BY CASE WHEN codes.prefecture = lines.prefecture THEN 0 ELSE 1 END, codes.valid_from DESC
        ) AS place
    FROM core.reason_lines AS lines
    LEFT JOIN core.reason_systems AS systems ON systems.payer = lines.payer AND systems.code = lines.code
    LEFT JOIN core.reason_codes AS codes
        ON codes.payer = lines.payer
        AND codes.code = lines.code
        AND (codes.prefecture IS NULL OR codes.prefecture = lines.prefecture)
        AND (codes.valid_from IS NULL OR CAST(codes.valid_from AS DATE) <= lines.processing_month)
        AND (codes.valid_to IS NULL OR CAST(codes.valid_to AS DATE) >= lines.processing_month)
)
SELECT
    coded.return_id,
    coded.position,
    coded.code_system,
    coded.code,
    coded.text,
    coded.supplement,
    COALESCE(coded.code_category, texts.category, '未分類') AS category,
    CASE
        WHEN coded.code_category IS NOT NULL THEN 'code'
        WHEN texts.category IS NOT NULL THEN 'text'
        ELSE 'unmapped'
    END AS category_source
FROM coded
LEFT JOIN core.text_categories AS texts ON texts.text_plain = coded.text_plain
WHERE coded.place = 1
