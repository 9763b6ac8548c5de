-- core.blocks
-- grain: one block of a file: one header and the lines below it
-- inputs: core.files, core.known_prefectures, ledger.blocks, ledger.notice_returns, ledger.adjustment_lines, ledger.payments
-- rule: month is the claim or processing month: as the header gives it, else from the 受付番号 (YYMM) most of its
--       receipts bear, else from the file name, else what usually follows from the care month. 受付番号 and name
--       count only at or shortly after the care month.
WITH numbered AS (
    SELECT file_no, block_no, reception_month FROM ledger.notice_returns
    UNION ALL
    SELECT file_no, block_no, reception_month FROM ledger.adjustment_lines
    UNION ALL
    SELECT file_no, block_no, reception_month FROM ledger.payments
),
counted AS (
    SELECT file_no, block_no, reception_month, COUNT(*) AS receipts
    FROM numbered
    WHERE reception_month IS NOT NULL
    GROUP BY file_no, block_no, reception_month
),
ranked AS (
    SELECT
        counted.*,
        ROW_NUMBER() OVER (PARTITION BY file_no, block_no ORDER BY receipts DESC, reception_month) AS place
    FROM counted
),
candidates AS (
    SELECT
        blocks.file_no,
        blocks.block_no,
        CASE
            WHEN ranked.reception_month BETWEEN blocks.service_month AND blocks.service_month + INTERVAL 3 MONTH
                THEN ranked.reception_month
        END AS by_reception,
        CASE
            WHEN blocks.name_month BETWEEN blocks.service_month AND blocks.service_month + INTERVAL 3 MONTH
                THEN blocks.name_month
        END AS by_name
    FROM ledger.blocks AS blocks
    LEFT JOIN ranked
        ON ranked.file_no = blocks.file_no AND ranked.block_no = blocks.block_no AND ranked.place = 1
)
SELECT
    blocks.file_no,
    blocks.block_no,
    files.file_id,
    files.file_time,
    files.kind,
    files.system,
    blocks.payer,
    COALESCE(blocks.prefecture, known.prefecture, '00') || blocks.fee_table || blocks.code AS institution,
    CAST(
        COALESCE(blocks.month, candidates.by_reception, candidates.by_name, blocks.default_month) AS DATE
    ) AS month,
    blocks.service_month,
    blocks.department,
    blocks.sending,
    blocks.setting
FROM ledger.blocks AS blocks
INNER JOIN core.files AS files ON files.file_no = blocks.file_no
INNER JOIN candidates ON candidates.file_no = blocks.file_no AND candidates.block_no = blocks.block_no
LEFT JOIN core.known_prefectures AS known
    ON known.fee_table = blocks.fee_table AND known.code = blocks.code
