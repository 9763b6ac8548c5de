-- core.monthly_files
-- grain: one institution, payer, kind and month with at least one file
-- inputs: core.blocks, core.receipt_versions, ledger.files
-- rule: a file without receipts is there, and says that nothing came; superseded: every receipt came again elsewhere
WITH receipts AS (
    SELECT
        file_no,
        COUNT(*) AS receipts,
        COUNT(*) FILTER (WHERE is_newest) AS counting
    FROM core.receipt_versions
    GROUP BY file_no
)
SELECT
    blocks.institution,
    blocks.payer,
    blocks.kind,
    blocks.month,
    COUNT(DISTINCT blocks.file_no) AS files,
    CAST(SUM(COALESCE(receipts.receipts, 0)) AS BIGINT) AS receipts,
    CAST(SUM(COALESCE(receipts.counting, 0)) AS BIGINT) AS counting,
    CAST(SUM(ledger_files.lines_quarantined) AS BIGINT) AS quarantined
FROM core.blocks AS blocks
INNER JOIN ledger.files AS ledger_files ON ledger_files.file_no = blocks.file_no
LEFT JOIN receipts ON receipts.file_no = blocks.file_no
WHERE blocks.month IS NOT NULL
GROUP BY blocks.institution, blocks.payer, blocks.kind, blocks.month
