-- checks.hen_henr_agree
-- grain: payer × processing month with both a return file and a 返戻内訳書
-- inputs: checked_returns, checked_files
-- rule: both list the same first-review returns
WITH both_loaded AS (
    SELECT payer, month
    FROM checked_files
    WHERE kind IN ('hen', 'henr') AND status IN ('loaded', 'superseded') AND month IS NOT NULL AND NOT is_paper
    GROUP BY payer, month
    HAVING COUNT(DISTINCT kind) = 2
),
counted AS (
    SELECT
        b.payer,
        b.month,
        COUNT(*) FILTER (WHERE ARRAY_CONTAINS(r.sources, 'hen')) AS hen,
        COUNT(*) FILTER (WHERE ARRAY_CONTAINS(r.sources, 'henr')) AS henr,
        COUNT(*) FILTER (WHERE ARRAY_CONTAINS(r.sources, 'hen') <> ARRAY_CONTAINS(r.sources, 'henr')) AS differing
    FROM both_loaded AS b
    LEFT JOIN checked_returns AS r
        ON b.payer = r.payer
        AND b.month = r.processing_month
        AND r.stage = 'first_review'
        AND r.medium = 'online'
    GROUP BY b.payer, b.month
)
SELECT
    payer,
    month,
    hen AS wanted_count,
    henr AS found_count,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN differing > 0 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM counted
