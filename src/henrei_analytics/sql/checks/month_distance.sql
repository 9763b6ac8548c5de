-- checks.month_distance
-- grain: payer with at least 10 first-review returns
-- inputs: checked_returns
-- rule: the most frequent distance from the month of care to the processing month is one month: else the files mean another
--       month by it, and every turnaround is shifted
WITH distances AS (
    SELECT payer, processing_number - service_number AS months, COUNT(*) AS returns
    FROM checked_returns
    WHERE stage = 'first_review' AND service_month IS NOT NULL
    GROUP BY payer, processing_number - service_number
),
modes AS (
    SELECT
        payer,
        months,
        SUM(returns) OVER (PARTITION BY payer) AS total,
        ROW_NUMBER() OVER (PARTITION BY payer ORDER BY returns DESC, months) AS place
    FROM distances
)
SELECT
    payer,
    months,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN months <> 1 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM modes
WHERE place = 1 AND total >= 10
