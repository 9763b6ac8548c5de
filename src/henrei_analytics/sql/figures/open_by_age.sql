-- grain: age since arrival in months (seven classes) × payer
-- inputs: known_returns, scope
-- rule: everything open at as_of, whatever its month; empty classes count 0
WITH classes AS (
    SELECT t.position, t.age, t.first_month, t.last_month
    FROM (VALUES
        (1, '当月', 0, 0),
        (2, '1か月', 1, 1),
        (3, '2か月', 2, 2),
        (4, '3か月', 3, 3),
        (5, '4～6か月', 4, 6),
        (6, '7～12か月', 7, 12),
        (7, '13か月以上', 13, 9999)
    ) AS t (position, age, first_month, last_month)
),
cells AS (
    SELECT c.*, p.payer
    FROM classes AS c
    CROSS JOIN (VALUES ('shaho'), ('kokuho')) AS p (payer)
),
still_open AS (
    SELECT r.payer, r.points, s.as_of_month_number - r.received_number AS months
    FROM known_returns AS r
    CROSS JOIN scope AS s
    WHERE r.status = 'open'
)
SELECT
    c.position,
    c.age,
    c.payer,
    COUNT(o.payer) AS returns,
    CAST(COALESCE(SUM(o.points), 0) AS BIGINT) AS points,
    CAST(COALESCE(SUM(o.points), 0) * 10 AS BIGINT) AS yen
FROM cells AS c
LEFT JOIN still_open AS o
    ON c.payer = o.payer AND o.months BETWEEN c.first_month AND c.last_month
GROUP BY c.position, c.age, c.payer
ORDER BY c.position, c.payer DESC
