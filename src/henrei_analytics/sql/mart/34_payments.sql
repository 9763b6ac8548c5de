-- mart.payments
-- grain: one receipt of a 振込額明細
-- inputs: core.payments, core.reported_returns
SELECT
    payments.payment_id, payments.institution, payments.payer, payments.processing_month, payments.service_month,
    payments.outcome, payments.setting, payments.is_dpc, payments.insurer_number, payments.law_number,
    payments.claimed_points, payments.fixed_points, payments.copay_yen, payments.paid_yen, payments.receipt_number,
    payments.reception_number, payments.chart_number, payments.patient_key, reported.return_id, payments.file_id
FROM core.payments AS payments
LEFT JOIN core.reported_returns AS reported ON reported.report_id = payments.payment_id
WHERE payments.is_newest
