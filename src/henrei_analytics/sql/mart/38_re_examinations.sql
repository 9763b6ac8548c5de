-- mart.re_examinations
-- grain: one outcome of a request for re-examination
-- inputs: core.re_examinations
SELECT
    re_examination_id, institution, payer, processing_month, service_month, requested_on, requester, reason_number,
    result_code, result, result_ja, correction_letters, points_delta, return_id, source, file_id
FROM core.re_examinations
