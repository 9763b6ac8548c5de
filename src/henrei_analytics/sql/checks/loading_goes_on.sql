-- checks.loading_goes_on
-- grain: payer × kind
-- inputs: checked_months, check_scope
-- rule: the newest month that is there lies no more than one month behind what can be had at as_of: claims of last month;
--       returns of last month from the 10th, of the month before until then. A single late month is months_missing
WITH newest AS (
    SELECT payer, kind, MAX(month_number) AS month_number, MAX(month) AS month
    FROM checked_months
    WHERE state IN ('loaded', 'empty', 'covered', 'superseded')
    GROUP BY payer, kind
),
due AS (
    SELECT
        n.payer,
        n.kind,
        n.month,
        CASE
            WHEN n.kind = 'hen' AND EXTRACT(DAY FROM s.as_of) < 10 THEN s.as_of_number - 2
            ELSE s.as_of_number - 1
        END - n.month_number AS months
    FROM newest AS n
    CROSS JOIN check_scope AS s
)
SELECT
    payer,
    kind,
    month,
    months,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN months > 1 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM due
