-- core.claim_versions
-- grain: one receipt of a claim file, by its key; `is_newest` marks the version that counts
-- inputs: core.receipts
-- rule: several files of a month add up; a receipt that comes again in another file counts once, in the version of
--       the newer file (file time, then hash). Receipts alike within one file are different receipts, and so are
--       receipts whose patient is not known (no name): there the カルテ番号 stands in, else nothing is the same.
WITH ranked AS (
    SELECT
        file_no,
        receipt_no,
        FIRST_VALUE(file_no) OVER (
            PARTITION BY institution, payer, month, service_month, insurer_number, claim_type, setting,
                COALESCE(patient_key, 'chart ' || chart_number, receipt_id)
            ORDER BY file_time DESC, file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM core.receipts
    WHERE kind = 'uke'
)
SELECT file_no, receipt_no, file_no = newest_file AS is_newest
FROM ranked
