-- core.receipts
-- grain: one receipt as it stands in one record file (claim or return), superseded versions included
-- inputs: core.blocks, ledger.receipts, ledger.insurers, ledger.public_payers, ledger.reasons, ledger.history_receipts,
--         ledger.history_reasons
-- rule: points are those of HO, without HO those of the first KO; the insurer likewise. 検索番号 is RE item 19,
--       else that of HR, else the one its history block begins with. 返戻区分 is that of HR, without HR the block's
--       first (its newest round comes first). The members of a DPC 総括レセプト (レセプト総括区分 2, 3) are details of
--       it, not receipts. chart_key is the カルテ番号 without leading zeros, to compare by. A 検索番号 of RE that HR
--       contradicts is kept and reported, not corrected. 実日数 (days) is told where the points are.
WITH insurers AS (
    SELECT
        file_no,
        receipt_no,
        MIN_BY(insurer_number, line_no) AS insurer_number,
        MIN_BY(points, line_no) AS points,
        MIN_BY(days, line_no) AS days,
        COUNT(*) AS lines
    FROM ledger.insurers
    GROUP BY file_no, receipt_no
),
public_payers AS (
    SELECT
        file_no,
        receipt_no,
        MIN_BY(insurer_number, line_no) AS insurer_number,
        MIN_BY(points, line_no) AS points,
        MIN_BY(days, line_no) AS days,
        COUNT(*) AS lines
    FROM ledger.public_payers
    GROUP BY file_no, receipt_no
),
reasons AS (
    SELECT
        file_no,
        receipt_no,
        MIN_BY(return_class, line_no) AS return_class,
        MIN_BY(search_number, line_no) AS search_number
    FROM ledger.reasons
    GROUP BY file_no, receipt_no
),
history AS (
    SELECT file_no, receipt_no, MIN_BY(search_number, line_no) AS search_number
    FROM ledger.history_receipts
    GROUP BY file_no, receipt_no
),
history_reasons AS (
    SELECT file_no, receipt_no, MIN_BY(return_class, line_no) AS return_class
    FROM ledger.history_reasons
    GROUP BY file_no, receipt_no
),
joined AS (
    SELECT
        blocks.file_no,
        blocks.file_id,
        blocks.file_time,
        blocks.kind,
        blocks.payer,
        blocks.institution,
        blocks.month,
        receipts.receipt_no,
        receipts.line_no,
        receipts.receipt_number,
        receipts.claim_type,
        receipts.service_month,
        receipts.department,
        receipts.setting AS listed_setting,
        receipts.is_resubmission,
        receipts.chart_number,
        NULLIF(LTRIM(receipts.chart_number, '0'), '') AS chart_key,
        receipts.patient_key,
        receipts.name_key,
        COALESCE(receipts.search_number, reasons.search_number, history.search_number) AS search_number,
        COALESCE(receipts.search_number <> reasons.search_number, FALSE) AS has_two_numbers,
        history.receipt_no IS NOT NULL AS has_history,
        COALESCE(receipts.search_number, reasons.search_number) IS NULL AS is_number_from_history,
        COALESCE(reasons.return_class, history_reasons.return_class) AS return_class,
        COALESCE(insurers.insurer_number, public_payers.insurer_number) AS insurer_number,
        CASE WHEN insurers.lines > 0 THEN insurers.points ELSE public_payers.points END AS points,
        CASE WHEN insurers.lines > 0 THEN insurers.days ELSE public_payers.days END AS days,
        COALESCE(insurers.lines, 0) + COALESCE(public_payers.lines, 0) AS payer_lines
    FROM core.blocks AS blocks
    INNER JOIN ledger.receipts AS receipts
        ON receipts.file_no = blocks.file_no AND receipts.block_no = blocks.block_no
    LEFT JOIN insurers ON insurers.file_no = receipts.file_no AND insurers.receipt_no = receipts.receipt_no
    LEFT JOIN public_payers
        ON public_payers.file_no = receipts.file_no AND public_payers.receipt_no = receipts.receipt_no
    LEFT JOIN reasons ON reasons.file_no = receipts.file_no AND reasons.receipt_no = receipts.receipt_no
    LEFT JOIN history ON history.file_no = receipts.file_no AND history.receipt_no = receipts.receipt_no
    LEFT JOIN history_reasons
        ON history_reasons.file_no = receipts.file_no AND history_reasons.receipt_no = receipts.receipt_no
    WHERE COALESCE(receipts.summary_class, '') NOT IN ('2', '3')
)
SELECT
    joined.* EXCLUDE (listed_setting),
    SUBSTR(file_id, 1, 12) || '-' || CAST(line_no AS VARCHAR) AS receipt_id,
    CASE
        WHEN listed_setting IS NOT NULL THEN listed_setting
        WHEN SUBSTR(claim_type, 4, 1) IN ('1', '3', '5', '7', '9') THEN 'inpatient'
        WHEN SUBSTR(claim_type, 4, 1) IN ('2', '4', '6', '8', '0') THEN 'outpatient'
    END AS setting,
    CASE
        WHEN LENGTH(insurer_number) = 8 THEN SUBSTR(insurer_number, 1, 2)
        WHEN LENGTH(insurer_number) = 6 THEN '00'
    END AS law_number
FROM joined
