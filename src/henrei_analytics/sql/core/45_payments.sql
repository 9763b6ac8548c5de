-- core.payments
-- grain: one receipt of a 振込額明細; `is_newest` marks the version that counts
-- inputs: core.blocks, ledger.payments
-- rule: one receipt = institution, payer, processing month and 受付番号, else (paper) service month, patient, insurer
--       and points; the newer file's version counts. Without 処理区分 (paper) an empty 算定額合計 means returned.
WITH placed AS (
    SELECT
        blocks.file_no,
        blocks.file_id,
        blocks.file_time,
        blocks.institution,
        blocks.payer,
        CASE WHEN blocks.system LIKE 'M%' THEN 'paper' ELSE 'online' END AS medium,
        blocks.month AS processing_month,
        payments.receipt_no,
        payments.line_no,
        payments.service_month,
        payments.outcome,
        payments.receipt_number,
        payments.reception_number,
        payments.department,
        CASE
            WHEN payments.class_digit IN ('1', '3', '5', '7', '9') THEN 'inpatient'
            WHEN payments.class_digit IN ('2', '4', '6', '8', '0') THEN 'outpatient'
        END AS setting,
        COALESCE(payments.dpc = '1', FALSE) AS is_dpc,
        COALESCE(payments.insurer_number, payments.public_number) AS insurer_number,
        CASE
            WHEN payments.insurer_number IS NOT NULL THEN payments.claimed_points
            ELSE payments.public_claimed_points
        END AS claimed_points,
        CASE
            WHEN payments.insurer_number IS NOT NULL THEN payments.fixed_points
            ELSE payments.public_fixed_points
        END AS fixed_points,
        CASE
            WHEN payments.insurer_number IS NOT NULL THEN payments.copay
            ELSE payments.public_copay
        END AS copay_yen,
        payments.paid AS paid_yen,
        payments.chart_number,
        payments.name_key,
        payments.patient_key
    FROM core.blocks AS blocks
    INNER JOIN ledger.payments AS payments
        ON payments.file_no = blocks.file_no AND payments.block_no = blocks.block_no
),
ranked AS (
    SELECT
        placed.*,
        FIRST_VALUE(file_no) OVER (
            PARTITION BY institution, payer, processing_month,
                COALESCE(
                    'r' || reception_number,
                    CONCAT_WS('|', 'p', CAST(service_month AS VARCHAR), COALESCE(patient_key, name_key),
                        insurer_number, setting, CAST(claimed_points AS VARCHAR))
                )
            ORDER BY file_time DESC, file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM placed
)
SELECT
    ranked.* EXCLUDE (outcome, newest_file),
    SUBSTR(file_id, 1, 12) || '-' || CAST(line_no AS VARCHAR) AS payment_id,
    CASE
        WHEN outcome = '3' OR (outcome IS NULL AND paid_yen IS NULL) THEN 'returned'
        WHEN outcome = '2' OR (outcome IS NULL AND fixed_points <> claimed_points) THEN 'adjusted'
        ELSE 'paid'
    END AS outcome,
    CASE
        WHEN LENGTH(insurer_number) = 8 THEN SUBSTR(insurer_number, 1, 2)
        WHEN LENGTH(insurer_number) = 6 THEN '00'
    END AS law_number,
    file_no = newest_file AS is_newest
FROM ranked
