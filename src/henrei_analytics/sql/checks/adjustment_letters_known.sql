-- checks.adjustment_letters_known
-- grain: cut that bears letters
-- inputs: mart.adjustments, mart.adjustment_letters, check_scope
-- rule: each letter is in the table of its payer
WITH letters AS (
    SELECT a.adjustment_id, SUBSTR(a.reason_letters, n.place, 1) AS letter, a.payer
    FROM mart.adjustments AS a
    INNER JOIN check_scope AS s ON a.institution = s.institution
    CROSS JOIN (VALUES (1), (2), (3), (4)) AS n (place)
    WHERE n.place <= LENGTH(a.reason_letters)
),
strange AS (
    SELECT DISTINCT l.adjustment_id
    FROM letters AS l
    LEFT JOIN mart.adjustment_letters AS k ON l.payer = k.payer AND l.letter = k.letter
    WHERE k.letter IS NULL
)
SELECT
    a.payer,
    a.source AS kind,
    a.adjustment_id,
    a.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN x.adjustment_id IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM mart.adjustments AS a
INNER JOIN check_scope AS s
    ON a.institution = s.institution AND a.processing_month BETWEEN s.first_month AND s.as_of
LEFT JOIN strange AS x ON a.adjustment_id = x.adjustment_id
WHERE a.reason_letters IS NOT NULL
