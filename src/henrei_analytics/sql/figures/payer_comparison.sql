-- grain: period (month, window) × payer (shaho, kokuho, all) × setting (inpatient, outpatient, all,
--        unknown where returns do not say)
-- inputs: returns_by_period, rate_cells, scope
-- rule: returns, points and share count everything; the rate counts first-round first-review returns
--       in the months where both it and the denominator are known, so a missing file of either
--       kind cannot move it
WITH returns AS (
    SELECT
        period,
        COALESCE(payer, 'all') AS payer,
        COALESCE(setting, 'all') AS setting,
        COUNT(*) AS returns,
        SUM(points) AS points
    FROM returns_by_period
    GROUP BY GROUPING SETS (
        (period, payer, setting), (period, payer), (period, setting), (period)
    )
),
totals AS (
    SELECT period, returns FROM returns WHERE payer = 'all' AND setting = 'all'
),
rates AS (
    SELECT
        'window' AS period,
        payer,
        setting,
        SUM(numerator) FILTER (WHERE denominator IS NOT NULL) AS numerator,
        SUM(denominator) FILTER (WHERE numerator IS NOT NULL) AS denominator,
        COUNT(*) FILTER (WHERE numerator IS NOT NULL AND denominator IS NOT NULL) AS months_known
    FROM rate_cells
    GROUP BY payer, setting
    UNION ALL
    SELECT
        'month' AS period,
        c.payer,
        c.setting,
        c.numerator,
        c.denominator,
        CASE WHEN c.numerator IS NULL OR c.denominator IS NULL THEN 0 ELSE 1 END AS months_known
    FROM rate_cells AS c
    INNER JOIN scope AS s ON c.month_number = s.month_number
),
cells AS (
    SELECT period, payer, setting FROM rates
    UNION
    SELECT period, payer, setting FROM returns
)
SELECT
    c.period,
    c.payer,
    c.setting,
    COALESCE(n.returns, 0) AS returns,
    CAST(COALESCE(n.points, 0) AS BIGINT) AS points,
    CAST(COALESCE(n.points, 0) * 10 AS BIGINT) AS yen,
    CAST(COALESCE(n.returns, 0) AS DOUBLE) / t.returns AS share,
    CAST(r.numerator AS BIGINT) AS numerator,
    CAST(r.denominator AS BIGINT) AS denominator,
    COALESCE(r.months_known, 0) AS months_known
FROM cells AS c
LEFT JOIN returns AS n
    ON c.period = n.period AND c.payer = n.payer AND c.setting = n.setting
LEFT JOIN rates AS r
    ON c.period = r.period AND c.payer = r.payer AND c.setting = r.setting
LEFT JOIN totals AS t ON c.period = t.period
ORDER BY c.period, CASE c.payer WHEN 'shaho' THEN 1 WHEN 'kokuho' THEN 2 ELSE 3 END,
    CASE c.setting WHEN 'inpatient' THEN 1 WHEN 'outpatient' THEN 2 WHEN 'unknown' THEN 3 ELSE 4 END
