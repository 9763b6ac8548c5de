-- core.pharmacy_cuts
-- grain: one receipt of a 突合点検結果連絡書 and 事由: a cut on the pharmacy's receipt, charged here; `is_newest` marks the
--        version that counts
-- inputs: core.blocks, ledger.pharmacy_cuts
-- rule: as in the 増減点連絡書, amounts are repeated for each 法別; those of the first one count
WITH placed AS (
    SELECT
        blocks.file_id,
        blocks.file_time,
        blocks.kind,
        blocks.institution,
        blocks.payer,
        blocks.month AS processing_month,
        blocks.service_month AS block_service_month,
        lines.*
    FROM core.blocks AS blocks
    INNER JOIN ledger.pharmacy_cuts AS lines
        ON lines.file_no = blocks.file_no AND lines.block_no = blocks.block_no
),
receipts AS (
    SELECT
        file_no,
        receipt_no,
        MIN(line_no) AS line_no,
        MIN(file_id) AS file_id,
        MIN(file_time) AS file_time,
        MIN(kind) AS kind,
        MIN(institution) AS institution,
        MIN(payer) AS payer,
        MIN(processing_month) AS processing_month,
        COALESCE(MIN_BY(service_month, line_no), MIN(block_service_month)) AS service_month,
        MIN_BY(reception_number, line_no) FILTER (WHERE reception_number IS NOT NULL) AS reception_number,
        MIN_BY(receipt_number, line_no) FILTER (WHERE receipt_number IS NOT NULL) AS receipt_number,
        MIN_BY(COALESCE(insurer_number, public_number), line_no) AS insurer_number,
        MIN_BY(class_label, line_no) FILTER (WHERE class_label IS NOT NULL) AS class_label,
        MIN_BY(name_key, line_no) FILTER (WHERE name_key IS NOT NULL) AS name_key,
        MIN_BY(chart_number, line_no) FILTER (WHERE chart_number IS NOT NULL) AS chart_number,
        MIN_BY(COALESCE(law_number, ''), line_no) FILTER (WHERE points IS NOT NULL OR yen IS NOT NULL) AS law_number
    FROM placed
    GROUP BY file_no, receipt_no
),
ranked AS (
    SELECT
        receipts.*,
        FIRST_VALUE(file_no) OVER (
            PARTITION BY institution, payer, processing_month, service_month,
                COALESCE(reception_number, CAST(receipt_number AS VARCHAR), name_key)
            ORDER BY file_time DESC, file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM receipts
)
SELECT
    ranked.* EXCLUDE (law_number, line_no, newest_file),
    lines.line_no,
    CASE
        WHEN class_label LIKE '%入%' THEN 'inpatient'
        WHEN class_label LIKE '%外%' THEN 'outpatient'
    END AS setting,
    lines.letters,
    lines.points,
    lines.yen,
    lines.before,
    lines.after,
    ranked.file_no = ranked.newest_file AS is_newest
FROM ranked
INNER JOIN (
    SELECT file_no, receipt_no, line_no, COALESCE(law_number, '') AS law_number, letters, points, yen, before, after
    FROM ledger.pharmacy_cuts
    WHERE points IS NOT NULL OR yen IS NOT NULL OR letters IS NOT NULL
) AS lines
    ON lines.file_no = ranked.file_no
    AND lines.receipt_no = ranked.receipt_no
    AND lines.law_number = COALESCE(ranked.law_number, lines.law_number)
