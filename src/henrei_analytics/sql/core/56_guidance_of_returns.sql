-- core.guidance_of_returns
-- grain: one return, with the guidance for its first reason
-- inputs: core.returns, core.return_reasons, core.guidance_texts
-- rule: the nearest row holds: the code in the prefecture, the code of the payer, the code whoever sends it, the code of
--       支払基金 with the same 理由番号 (its last two digits: S10nn, 0000nn and 100nnn go by 1000nn), then the category.
--       A row of another payer or prefecture is never taken. A return without a reason goes by 未分類.
WITH first_reasons AS (
    SELECT
        returns.return_id,
        returns.payer,
        SUBSTR(returns.institution, 1, 2) AS prefecture,
        reasons.code,
        CASE
            WHEN reasons.code_system IN ('ssk_6digit', 'ssk_s1') THEN CONCAT('1000', RIGHT(reasons.code, 2))
        END AS same_number,
        COALESCE(reasons.category, '未分類') AS category
    FROM core.returns AS returns
    LEFT JOIN core.return_reasons AS reasons ON reasons.return_id = returns.return_id AND reasons.position = 1
),
of_code AS (
    SELECT *, code AS key, 'code' AS matched_by FROM first_reasons WHERE code IS NOT NULL
    UNION ALL
    SELECT *, same_number, 'reason_number' FROM first_reasons WHERE same_number IS NOT NULL AND same_number <> code
),
fitting AS (
    SELECT of_code.return_id, of_code.matched_by, texts.*
    FROM of_code
    INNER JOIN core.guidance_texts AS texts
        ON texts.code = of_code.key
        AND (texts.payer IS NULL OR texts.payer = of_code.payer)
        AND (texts.prefecture IS NULL OR texts.prefecture = of_code.prefecture)
    UNION ALL
    SELECT first_reasons.return_id, 'category', texts.*
    FROM first_reasons
    INNER JOIN core.guidance_texts AS texts
        ON texts.code IS NULL
        AND texts.category = first_reasons.category
        AND (texts.payer IS NULL OR texts.payer = first_reasons.payer)
        AND (texts.prefecture IS NULL OR texts.prefecture = first_reasons.prefecture)
),
ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY return_id
            ORDER BY
                CASE matched_by WHEN 'code' THEN 1 WHEN 'reason_number' THEN 2 ELSE 3 END,
                CASE WHEN payer IS NULL THEN 2 ELSE 1 END,
                CASE WHEN prefecture IS NULL THEN 2 ELSE 1 END
        ) AS place
    FROM fitting
)
SELECT return_id, matched_by, meaning_ja, look_ja, correct_ja, prevent_ja, source, written_on, next_review
FROM ranked
WHERE place = 1
