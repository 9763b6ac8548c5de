-- core.adjustment_lines
-- grain: one line of a 増減点連絡書, with the receipt and 明細 it belongs to
-- inputs: core.blocks, ledger.adjustment_lines
-- rule: a line of type 3 begins a 明細; it also begins a receipt when it names one (number, insurer, 区分 or patient).
--       Everything below belongs to that receipt until the next begins, and to nobody else (no fill-down beyond it).
WITH placed AS (
    SELECT
        lines.*,
        lines.receipt_no AS group_no,
        SUM(
            CASE
                WHEN line_type = '3' AND COALESCE(
                    CAST(receipt_number AS VARCHAR), reception_number, insurer_number, class_label, name_key
                ) IS NOT NULL
                    THEN 1
                ELSE 0
            END
        ) OVER (
            PARTITION BY lines.file_no ORDER BY lines.line_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS receipt_place
    FROM ledger.adjustment_lines AS lines
)
SELECT
    blocks.file_id,
    blocks.file_time,
    blocks.kind,
    blocks.institution,
    blocks.payer,
    blocks.month,
    blocks.system,
    blocks.department,
    blocks.service_month AS block_service_month,
    placed.*
FROM placed
INNER JOIN core.blocks AS blocks ON blocks.file_no = placed.file_no AND blocks.block_no = placed.block_no
