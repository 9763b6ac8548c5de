-- core.claims
-- grain: one claimed receipt, in the version that counts
-- inputs: core.receipts, core.claim_versions
-- rule: a re-claim (再請求) carries a 検索番号, in RE or in the history block behind it;
--       a list of claims may say so
SELECT
    receipts.receipt_id AS claim_id,
    institution,
    payer,
    month AS claim_month,
    service_month,
    claim_type,
    setting,
    department,
    insurer_number,
    law_number,
    points,
    days,
    patient_key,
    name_key,
    chart_number,
    chart_key,
    search_number,
    is_number_from_history,
    COALESCE(is_resubmission, FALSE) OR search_number IS NOT NULL OR has_history AS is_resubmission,
    receipts.receipt_number,
    receipts.kind AS source,
    file_id,
    receipts.file_no,
    receipts.receipt_no
FROM core.receipts AS receipts
INNER JOIN core.claim_versions AS versions
    ON versions.file_no = receipts.file_no AND versions.receipt_no = receipts.receipt_no
WHERE versions.is_newest
