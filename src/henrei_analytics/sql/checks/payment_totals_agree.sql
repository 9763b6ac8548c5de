-- checks.payment_totals_agree
-- grain: payer × processing month with both 振込額合計 and 当座口振込通知書
-- inputs: mart.payment_totals, check_scope
-- rule: both tell the same sum paid
SELECT
    details.payer,
    details.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN details.paid_yen <> transfer.paid_yen THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM mart.payment_totals AS details
INNER JOIN check_scope AS s
    ON details.institution = s.institution AND details.processing_month BETWEEN s.first_month AND s.as_of
INNER JOIN mart.payment_totals AS transfer
    ON details.institution = transfer.institution
    AND details.payer = transfer.payer
    AND details.processing_month = transfer.processing_month
WHERE details.source = 'fggk'
    AND transfer.source = 'tgft'
    AND details.paid_yen IS NOT NULL
    AND transfer.paid_yen IS NOT NULL
