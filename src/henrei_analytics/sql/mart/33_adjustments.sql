-- mart.adjustments
-- grain: one cut (査定); never a return
-- inputs: core.adjustments
SELECT
    adjustment_id, institution, payer, stage, medium, processing_month, service_month, setting, department,
    insurer_number, law_number, section, letters AS reason_letters, points_delta, yen_delta, before, after, item,
    receipt_number, reception_number, chart_number, search_number, receipt_key, source, file_id
FROM core.adjustments
