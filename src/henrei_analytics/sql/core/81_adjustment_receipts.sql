-- core.adjustment_receipts
-- grain: one receipt of a 増減点連絡書; `is_newest` marks the version that counts
-- inputs: core.adjustment_lines
-- rule: a blank 診療年月 is the header's month. One receipt = institution, payer, processing month and 受付番号, else
--       レセプト番号 with カルテ番号, else (paper) service month, patient, insurer and 区分; the newer file's version
--       counts. Receipts alike within one file are different ones.
WITH receipts AS (
    SELECT
        file_no,
        receipt_place,
        MIN(line_no) AS line_no,
        MIN(file_id) AS file_id,
        MIN(file_time) AS file_time,
        MIN(kind) AS kind,
        MIN(institution) AS institution,
        MIN(payer) AS payer,
        MIN(month) AS processing_month,
        MIN(system) AS system,
        MIN(department) AS department,
        COALESCE(
            MIN_BY(service_month, line_no) FILTER (WHERE service_month IS NOT NULL), MIN(block_service_month)
        ) AS service_month,
        MIN_BY(receipt_number, line_no) FILTER (WHERE receipt_number IS NOT NULL) AS receipt_number,
        MIN_BY(reception_number, line_no) FILTER (WHERE reception_number IS NOT NULL) AS reception_number,
        MIN_BY(insurer_number, line_no) FILTER (WHERE insurer_number IS NOT NULL) AS insurer_number,
        MIN_BY(public_number, line_no) FILTER (WHERE public_number IS NOT NULL) AS public_number,
        MIN_BY(class_label, line_no) FILTER (WHERE class_label IS NOT NULL) AS class_label,
        MIN_BY(name_key, line_no) FILTER (WHERE name_key IS NOT NULL) AS name_key,
        MIN_BY(chart_number, line_no) FILTER (WHERE chart_number IS NOT NULL) AS chart_number,
        MIN_BY(search_number, line_no) FILTER (WHERE search_number IS NOT NULL) AS search_number
    FROM core.adjustment_lines
    WHERE line_type IN ('3', '4')
    GROUP BY file_no, receipt_place
),
identified AS (
    SELECT
        receipts.*,
        COALESCE(
            'r' || reception_number,
            'n' || CAST(receipt_number AS VARCHAR) || '|' || COALESCE(chart_number, name_key, ''),
            CONCAT_WS('|', 'p', CAST(service_month AS VARCHAR), name_key, insurer_number, class_label)
        ) AS identity
    FROM receipts
),
ranked AS (
    SELECT
        identified.*,
        FIRST_VALUE(file_no) OVER (
            PARTITION BY institution, payer, processing_month, identity
            ORDER BY file_time DESC, file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM identified
)
SELECT
    ranked.*,
    CASE
        WHEN class_label LIKE '%入%' THEN 'inpatient'
        WHEN class_label LIKE '%外%' THEN 'outpatient'
    END AS setting,
    file_no = newest_file AS is_newest
FROM ranked
