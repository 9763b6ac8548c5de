-- grain: part of the whole (cell: category × payer; category; payer; total)
-- inputs: mart.categories, known_returns, scope
-- rule: returns of the window. A claim processed in month M would have been paid in M + 1. Re-claimed in
--       month R it is paid in R + 1, so it is R - M months late; an open one is late up to the month of
--       as_of so far. yen_months = yen × months late: so many yen, late by one month. Returns of a chain add
--       up to the delay of the claim. Written off and lapsed: lost, not late. Left out:
--       re-claimed in a month nobody knows.
WITH delayed AS (
    SELECT
        r.category,
        r.payer,
        r.points * 10 AS yen,
        r.reclaimed_number IS NULL AS is_open,
        GREATEST(COALESCE(r.reclaimed_number, s.as_of_month_number - 1) - r.processing_number, 0) AS months
    FROM known_returns AS r
    CROSS JOIN scope AS s
    WHERE r.in_window AND (r.reclaimed_number IS NOT NULL OR r.status NOT IN ('written_off', 'lapsed', 'returned_again'))
),
parts AS (
    SELECT
        category,
        payer,
        COUNT(*) AS returns,
        SUM(yen) AS yen,
        SUM(yen * months) AS yen_months,
        SUM(CASE WHEN is_open THEN yen * months ELSE 0 END) AS open_yen_months
    FROM delayed
    GROUP BY GROUPING SETS ((category, payer), (category), (payer), ())
)
SELECT
    CASE
        WHEN p.category IS NOT NULL AND p.payer IS NOT NULL THEN 'cell'
        WHEN p.category IS NOT NULL THEN 'category'
        WHEN p.payer IS NOT NULL THEN 'payer'
        ELSE 'total'
    END AS part,
    COALESCE(p.category, '合計') AS category,
    COALESCE(p.payer, 'all') AS payer,
    p.returns,
    CAST(COALESCE(p.yen, 0) AS BIGINT) AS yen,
    CAST(COALESCE(p.yen_months, 0) AS BIGINT) AS yen_months,
    CAST(COALESCE(p.open_yen_months, 0) AS BIGINT) AS open_yen_months,
    CAST(p.yen_months AS DOUBLE) / NULLIF(p.yen, 0) AS months_per_yen
FROM parts AS p
LEFT JOIN mart.categories AS g ON p.category = g.category
ORDER BY CASE
        WHEN p.category IS NULL AND p.payer IS NULL THEN 4
        WHEN p.category IS NULL THEN 3
        WHEN p.payer IS NULL THEN 1
        ELSE 2
    END,
    yen_months DESC, g.position NULLS LAST, p.category NULLS LAST, p.payer DESC NULLS LAST
