-- grain: payer (shaho, kokuho, all)
-- inputs: adjustment_months, scope
-- rule: the month; everything is NULL where its notices are not known. Compared with last month and
--       with the mean of the known months among the 12 before (three at least), and only with months
--       in which the same payers are known.
WITH now AS (
    SELECT a.*
    FROM adjustment_months AS a
    INNER JOIN scope AS s ON a.month_number = s.month_number
),
before AS (
    SELECT
        n.payer,
        MAX(b.cut_points) FILTER (WHERE b.month_number = n.month_number - 1) AS cut_points_last_month,
        CASE WHEN COUNT(*) >= 3 THEN AVG(CAST(b.cut_points AS DOUBLE)) END AS cut_points_mean,
        COUNT(*) AS months_known
    FROM now AS n
    INNER JOIN adjustment_months AS b
        ON n.payer = b.payer
        AND n.payers = b.payers
        AND b.month_number BETWEEN n.month_number - 12 AND n.month_number - 1
    GROUP BY n.payer
)
SELECT
    s.month,
    p.payer,
    n.cuts,
    n.receipts,
    n.cut_points,
    n.cut_yen,
    n.claimed_points,
    n.cut_rate,
    b.cut_points_last_month,
    n.cut_points - b.cut_points_last_month AS cut_points_change,
    CAST(round(b.cut_points_mean) AS BIGINT) AS cut_points_mean,
    CASE WHEN n.payer IS NOT NULL THEN COALESCE(b.months_known, 0) END AS months_known,
    n.raises,
    n.raised_points,
    n.restorations,
    n.restored_points,
    n.net_points
FROM (VALUES (1, 'shaho'), (2, 'kokuho'), (3, 'all')) AS p (position, payer)
CROSS JOIN scope AS s
LEFT JOIN now AS n ON p.payer = n.payer
LEFT JOIN before AS b ON p.payer = b.payer
ORDER BY p.position
