-- checks.return_class_stage
-- grain: return
-- inputs: checked_returns
-- rule: 返戻区分 1 to 3 in the first review, 4 to 9 in a re-examination
SELECT
    payer,
    name,
    return_id,
    processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN (stage = 'first_review') <> (return_class BETWEEN 1 AND 3) OR return_class NOT BETWEEN 1 AND 9 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns
WHERE return_class IS NOT NULL
