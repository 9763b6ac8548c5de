-- core.claim_entry
-- grain: one claim of which the office's own list names the one person who keyed it
-- inputs: core.claims, core.receipts, core.claim_versions, ledger.receipts
-- rule: of a claim from a list its own row tells. Of a claim from a claim file the newest list of the month does, counted
--       or not: rows of the same institution, payer, claim and service month and setting with the same カルテ番号
--       (without leading zeros), else of the same patient; of those the rows with the same 保険者番号, if any. Where
--       they name two people, nobody is named.
WITH named AS (
    SELECT
        receipts.file_no,
        receipts.receipt_no,
        receipts.institution,
        receipts.payer,
        receipts.month AS claim_month,
        receipts.service_month,
        receipts.setting,
        receipts.chart_key,
        receipts.patient_key,
        receipts.insurer_number,
        listed.entered_by
    FROM core.receipts AS receipts
    INNER JOIN core.claim_versions AS versions
        ON versions.file_no = receipts.file_no AND versions.receipt_no = receipts.receipt_no AND versions.is_latest
    INNER JOIN ledger.receipts AS listed
        ON listed.file_no = receipts.file_no AND listed.receipt_no = receipts.receipt_no
    WHERE receipts.kind = 'claim_list' AND listed.entered_by IS NOT NULL
),
claims AS (
    SELECT
        claim_id, institution, payer, claim_month, service_month, setting, chart_key, patient_key, insurer_number
    FROM core.claims
    WHERE source = 'uke'
),
candidates AS (
    SELECT claims.claim_id, named.entered_by, 1 AS certainty
    FROM core.claims AS claims
    INNER JOIN named ON named.file_no = claims.file_no AND named.receipt_no = claims.receipt_no
    UNION ALL
    SELECT
        claims.claim_id,
        named.entered_by,
        CASE WHEN named.insurer_number = claims.insurer_number THEN 1 ELSE 2 END AS certainty
    FROM claims
    INNER JOIN named
        ON named.institution = claims.institution
        AND named.payer = claims.payer
        AND named.claim_month = claims.claim_month
        AND named.service_month = claims.service_month
        AND named.setting = claims.setting
        AND named.chart_key = claims.chart_key
    UNION ALL
    SELECT
        claims.claim_id,
        named.entered_by,
        CASE WHEN named.insurer_number = claims.insurer_number THEN 3 ELSE 4 END AS certainty
    FROM claims
    INNER JOIN named
        ON named.institution = claims.institution
        AND named.payer = claims.payer
        AND named.claim_month = claims.claim_month
        AND named.service_month = claims.service_month
        AND named.setting = claims.setting
        AND named.patient_key = claims.patient_key
),
surest AS (
    SELECT candidates.*, MIN(certainty) OVER (PARTITION BY claim_id) AS best
    FROM candidates
)
SELECT claim_id, MIN(entered_by) AS entered_by
FROM surest
WHERE certainty = best
GROUP BY claim_id
HAVING COUNT(DISTINCT entered_by) = 1
