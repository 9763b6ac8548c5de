-- mart.pre_checks
-- grain: one error of one receipt in a list of a check before review
-- inputs: core.pre_checks
SELECT
    pre_check_id, list, institution, payer, claim_month, service_month, setting, receipt_number, chart_number, code,
    level, message, section, points_wrong, points_right, is_resubmission, return_id, file_id
FROM core.pre_checks
