-- grain: month of the window × payer a payment is known of
-- inputs: mart.payment_totals, mart.payments, scope
-- rule: the payment of processing month M is made in M + 1. From the best source there is: what was
--       transferred (当座口振込通知書), else the totals of 振込額合計, else the receipts of 振込額明細 added up;
--       several totals of one source and month are several payments of that month.
WITH told AS (
    SELECT
        t.processing_month AS month,
        t.payer,
        CASE t.source WHEN 'tgft' THEN 1 ELSE 2 END AS position,
        t.source,
        SUM(t.claims) AS claims,
        SUM(t.calculated_yen) AS calculated_yen,
        SUM(t.re_examination_yen) AS re_examination_yen,
        SUM(t.paid_yen) AS paid_yen,
        MAX(t.paid_on) AS paid_on
    FROM mart.payment_totals AS t
    INNER JOIN scope AS s ON t.institution = s.institution
    GROUP BY t.processing_month, t.payer, t.source
    UNION ALL
    SELECT
        p.processing_month AS month,
        p.payer,
        3 AS position,
        'fmei' AS source,
        COUNT(*) FILTER (WHERE p.outcome <> 'returned') AS claims,
        NULL AS calculated_yen,
        NULL AS re_examination_yen,
        SUM(p.paid_yen) AS paid_yen,
        NULL AS paid_on
    FROM mart.payments AS p
    INNER JOIN scope AS s ON p.institution = s.institution
    GROUP BY p.processing_month, p.payer
),
ranked AS (
    SELECT
        t.*,
        row_number() OVER (PARTITION BY t.month, t.payer ORDER BY t.position, t.source) AS place
    FROM told AS t
    CROSS JOIN scope AS s
    WHERE t.paid_yen IS NOT NULL
        AND t.month BETWEEN s.first_month AND s.month
        AND year(t.month) * 12 + month(t.month) < s.as_of_month_number
)
SELECT
    month,
    payer,
    CAST(claims AS BIGINT) AS claims,
    CAST(calculated_yen AS BIGINT) AS calculated_yen,
    CAST(re_examination_yen AS BIGINT) AS re_examination_yen,
    CAST(paid_yen AS BIGINT) AS paid_yen,
    CAST(paid_on AS DATE) AS paid_on,
    source
FROM ranked
WHERE place = 1
ORDER BY month, payer DESC
