-- mart.corrections
-- grain: one item of one receipt that the office corrected (or left) before its claim was fixed
-- inputs: core.blocks, ledger.corrections
SELECT
    blocks.institution, blocks.payer, blocks.month, corrections.receipt_number, corrections.chart_number,
    corrections.record, corrections.item, corrections.after IS NOT NULL AS is_corrected, blocks.file_id
FROM core.blocks AS blocks
INNER JOIN ledger.corrections AS corrections
    ON corrections.file_no = blocks.file_no AND corrections.block_no = blocks.block_no
