-- mart.claims
-- grain: one claimed receipt, in the version that counts
-- inputs: core.claims
SELECT
    claim_id, institution, payer, claim_month, service_month, claim_type, setting, department, insurer_number,
    law_number, points, patient_key, chart_number, search_number, is_resubmission, file_id
FROM core.claims
