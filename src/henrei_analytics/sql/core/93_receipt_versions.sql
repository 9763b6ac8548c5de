-- core.receipt_versions
-- grain: one receipt (or row) of one file; `is_newest` says whether this version counts
-- inputs: core.claim_versions, core.return_versions, core.notice_versions, core.adjustment_receipts, core.re_examined,
--         core.pharmacy_cuts, core.payments, core.files, ledger tables of the other notices
-- rule: kinds without versions of their own (lists of checks, totals, payments in sum) always count
SELECT file_no, is_newest FROM core.claim_versions
UNION ALL
SELECT file_no, is_newest FROM core.return_versions
UNION ALL
SELECT file_no, is_newest FROM core.notice_versions
UNION ALL
SELECT file_no, is_newest FROM core.adjustment_receipts
UNION ALL
SELECT file_no, is_newest FROM core.re_examined
UNION ALL
SELECT file_no, is_newest FROM (SELECT DISTINCT file_no, receipt_no, is_newest FROM core.pharmacy_cuts) AS receipts
UNION ALL
SELECT file_no, is_newest FROM core.payments
UNION ALL
SELECT file_no, TRUE FROM ledger.fixed_claims WHERE file_no IN (SELECT file_no FROM core.files)
UNION ALL
SELECT file_no, TRUE FROM ledger.upheld_receipts WHERE file_no IN (SELECT file_no FROM core.files)
UNION ALL
SELECT file_no, TRUE FROM ledger.rerouted_receipts WHERE file_no IN (SELECT file_no FROM core.files)
UNION ALL
SELECT file_no, TRUE FROM ledger.branch_numbers WHERE file_no IN (SELECT file_no FROM core.files)
UNION ALL
SELECT file_no, TRUE FROM ledger.corrections WHERE file_no IN (SELECT file_no FROM core.files)
UNION ALL
-- a receipt of a list of errors has a line for each of them
SELECT file_no, TRUE
FROM (
    SELECT DISTINCT file_no, block_no, receipt_number, chart_number
    FROM ledger.pre_checks
    WHERE file_no IN (SELECT file_no FROM core.files)
) AS receipts
