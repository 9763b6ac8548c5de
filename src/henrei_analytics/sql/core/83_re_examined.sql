-- core.re_examined
-- grain: one receipt of a 再審査等支払調整額通知票 or a 突合点検・突合再審査 notice; `is_newest` marks the version that counts
-- inputs: core.blocks, ledger.re_examined_receipts, core.reason_codes
-- rule: 件数 -1 is a whole claim taken back: a return. 件数 0 with negative points is a cut, with positive points a
--       claim restored. Reasons that only move a claim to another insurer are neither. 請求区分 3 is the 突合点検 of the
--       first review, 1 and 2 a re-examination. One receipt = 整理番号, service month and patient within notice and month;
--       with 公費 it has a line for each payer, all with the same points: the first one counts.
WITH reasons AS (
    SELECT DISTINCT code, is_rerouting
    FROM core.reason_codes
    WHERE is_rerouting = 'yes' AND payer = 'shaho'
),
placed AS (
    SELECT
        blocks.file_no,
        blocks.file_id,
        blocks.file_time,
        blocks.kind,
        blocks.institution,
        blocks.payer,
        blocks.month AS processing_month,
        receipts.receipt_no,
        receipts.line_no,
        COALESCE(receipts.service_month, blocks.service_month) AS service_month,
        receipts.file_number,
        receipts.insurer_number,
        CASE
            WHEN receipts.class_digit IN ('1', '3', '5', '7', '9') THEN 'inpatient'
            WHEN receipts.class_digit IN ('2', '4', '6', '8', '0') THEN 'outpatient'
        END AS setting,
        receipts.department,
        CASE WHEN receipts.medium_code = '1' OR receipts.request_class = '1' THEN 'paper' ELSE 'online' END AS medium,
        CASE WHEN receipts.request_class = '3' THEN 'first_review' ELSE 're_examination' END AS stage,
        receipts.request_reason,
        receipts.name_key,
        receipts.patient_key,
        receipts.claims,
        CAST(ROUND(receipts.points) AS BIGINT) AS points,
        CAST(ROUND(receipts.yen) AS BIGINT) AS yen,
        CASE
            WHEN reasons.is_rerouting = 'yes' THEN 'moved'
            WHEN receipts.claims < 0 THEN 'returned'
            WHEN receipts.points > 0 THEN 'restored'
            WHEN receipts.points < 0 OR receipts.yen < 0 THEN 'cut'
            ELSE 'other'
        END AS result,
        ROW_NUMBER() OVER (
            PARTITION BY receipts.file_no, receipts.service_month, receipts.file_number, receipts.name_key
            ORDER BY receipts.line_no
        ) AS payer_place
    FROM core.blocks AS blocks
    INNER JOIN ledger.re_examined_receipts AS receipts
        ON receipts.file_no = blocks.file_no AND receipts.block_no = blocks.block_no
    LEFT JOIN reasons ON reasons.code = receipts.request_reason
),
ranked AS (
    SELECT
        placed.*,
        FIRST_VALUE(file_no) OVER (
            PARTITION BY institution, payer, kind, processing_month, service_month, file_number, name_key
            ORDER BY file_time DESC, file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM placed
    WHERE payer_place = 1
)
SELECT
    ranked.* EXCLUDE (payer_place, newest_file),
    SUBSTR(file_id, 1, 12) || '-' || CAST(line_no AS VARCHAR) AS receipt_id,
    file_no = newest_file AS is_newest
FROM ranked
