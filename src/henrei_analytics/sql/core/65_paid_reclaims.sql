-- core.paid_reclaims
-- grain: one return whose re-claim a 振込額明細 lists as paid
-- inputs: core.resubmissions, core.claims, core.payments
-- rule: the row of the claim's month with the same month of care and points and the same カルテ番号, else patient, else
--       レセプト番号. Cut points (査定) are paid too. Known from the month after processing on.
SELECT DISTINCT
    resubmissions.return_id,
    CAST(payments.processing_month + INTERVAL 1 MONTH AS DATE) AS paid_month
FROM core.resubmissions AS resubmissions
INNER JOIN core.claims AS claims ON claims.claim_id = resubmissions.claim_id
INNER JOIN core.payments AS payments
    ON payments.institution = claims.institution
    AND payments.payer = claims.payer
    AND payments.processing_month = claims.claim_month
    AND payments.service_month = claims.service_month
    AND payments.claimed_points = claims.points
WHERE payments.is_newest
    AND payments.outcome IN ('paid', 'adjusted')
    AND COALESCE(
        LTRIM(payments.chart_number, '0') = claims.chart_key,
        payments.patient_key = claims.patient_key,
        payments.receipt_number = claims.receipt_number
    )
