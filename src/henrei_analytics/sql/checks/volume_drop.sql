-- checks.volume_drop
-- grain: payer × claim month with at least 3 months within 3 months of it
-- inputs: checked_volumes
-- rule: claims below half of the median of those neighbours; under 20 claims nothing can be said
WITH compared AS (
    SELECT v.payer, v.month, v.claims, MEDIAN(n.claims) AS usual
    FROM checked_volumes AS v
    INNER JOIN checked_volumes AS n
        ON v.payer = n.payer
        AND n.month_number BETWEEN v.month_number - 3 AND v.month_number + 3
        AND n.month_number <> v.month_number
    GROUP BY v.payer, v.month, v.claims
    HAVING COUNT(*) >= 3 AND MEDIAN(n.claims) >= 20
)
SELECT
    payer,
    month,
    claims AS found_count,
    CAST(ROUND(usual) AS BIGINT) AS wanted_count,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN claims < usual / 2 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM compared
