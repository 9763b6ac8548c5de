-- checks.setting_points
-- grain: payer with at least 10 claims of each setting
-- inputs: checked_claims
-- rule: the median inpatient claim is dearer than the median outpatient claim
WITH medians AS (
    SELECT
        payer,
        MEDIAN(points) FILTER (WHERE setting = 'inpatient') AS inpatient,
        MEDIAN(points) FILTER (WHERE setting = 'outpatient') AS outpatient
    FROM checked_claims
    WHERE points > 0
    GROUP BY payer
    HAVING COUNT(*) FILTER (WHERE setting = 'inpatient') >= 10
        AND COUNT(*) FILTER (WHERE setting = 'outpatient') >= 10
)
SELECT
    payer,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN inpatient <= outpatient THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM medians
