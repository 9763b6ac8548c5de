-- core.claim_versions
-- grain: one receipt of a claim file or list, by its key; `is_newest` marks the version that counts, `is_latest` the
--        newest of its kind, counted or not
-- inputs: core.receipts, core.blocks
-- rule: several files of a month add up; a receipt that comes again in another file counts once, in the version of
--       the newer file (file time, then hash). Receipts alike within one file are different receipts, and so are
--       receipts whose patient is not known (no name): there the カルテ番号 stands in, else nothing is the same.
--       A list of claims counts only in months of which no claim file is loaded.
WITH claim_files AS (
    SELECT DISTINCT institution, payer, month FROM core.blocks WHERE kind = 'uke'
),
ranked AS (
    SELECT
        receipts.file_no,
        receipts.receipt_no,
        receipts.kind = 'uke' OR claim_files.institution IS NULL AS counts,
        FIRST_VALUE(receipts.file_no) OVER (
            PARTITION BY receipts.kind, receipts.institution, receipts.payer, receipts.month, service_month, insurer_number, claim_type, setting,
                COALESCE(patient_key, 'chart ' || chart_number, receipt_id)
            ORDER BY file_time DESC, file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM core.receipts AS receipts
    LEFT JOIN claim_files
        ON claim_files.institution = receipts.institution
        AND claim_files.payer = receipts.payer
        AND claim_files.month = receipts.month
    WHERE receipts.kind IN ('uke', 'claim_list')
)
SELECT file_no, receipt_no, counts AND file_no = newest_file AS is_newest, file_no = newest_file AS is_latest
FROM ranked
