-- checks.adjustment_amount_known
-- grain: cut
-- inputs: mart.adjustments, check_scope
-- rule: points or yen other than 0
SELECT
    a.payer,
    a.source AS kind,
    a.adjustment_id,
    a.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(
        CASE WHEN COALESCE(a.points_delta, 0) = 0 AND COALESCE(a.yen_delta, 0) = 0 THEN 1 ELSE 0 END AS BIGINT
    ) AS violating
FROM mart.adjustments AS a
INNER JOIN check_scope AS s
    ON a.institution = s.institution AND a.processing_month BETWEEN s.first_month AND s.as_of
