-- grain: one row per return × kind of key (patient, insurer, department, person) that is known for it
-- inputs: known_returns
-- rule: earlier = returns of the same key and category 1 to 12 months before; a return repeats an
--       error when earlier > 0. Returns without the key or without a category are left out.
WITH keyed AS (
    SELECT 'patient' AS kind, patient_key AS repeat_key, r.*
    FROM known_returns AS r
    WHERE patient_key IS NOT NULL
    UNION ALL
    SELECT 'insurer' AS kind, insurer_number AS repeat_key, r.*
    FROM known_returns AS r
    WHERE insurer_number <> '不明'
    UNION ALL
    SELECT 'department' AS kind, department AS repeat_key, r.*
    FROM known_returns AS r
    WHERE department IS NOT NULL
    UNION ALL
    SELECT 'person' AS kind, entered_by AS repeat_key, r.*
    FROM known_returns AS r
    WHERE entered_by IS NOT NULL
)
SELECT
    kind,
    repeat_key,
    category,
    return_id,
    processing_month,
    processing_number,
    in_window,
    points,
    round,
    COUNT(*) OVER (
        PARTITION BY kind, repeat_key, category
        ORDER BY processing_number
        RANGE BETWEEN 12 PRECEDING AND 1 PRECEDING
    ) AS earlier
FROM keyed
WHERE category <> '未分類'
