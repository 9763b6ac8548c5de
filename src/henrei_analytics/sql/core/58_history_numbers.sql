-- core.history_numbers
-- grain: one 検索番号 that the 履歴管理ブロック of a receipt names, of a claim or of a return
-- inputs: ledger.history_receipts, ledger.history_reasons
-- rule: the block holds the rounds of a receipt, each with its number; its HR tells in which month that return was
--       processed. `place` counts from the newest round: by processing month, else in the order they stand.
WITH numbers AS (
    SELECT file_no, receipt_no, search_number, MIN(line_no) AS line_no
    FROM ledger.history_receipts
    WHERE search_number IS NOT NULL
    GROUP BY file_no, receipt_no, search_number
),
reasons AS (
    SELECT
        file_no,
        receipt_no,
        search_number,
        MIN_BY(processing_month, line_no) AS processing_month,
        MIN_BY(return_class, line_no) AS return_class
    FROM ledger.history_reasons
    WHERE search_number IS NOT NULL
    GROUP BY file_no, receipt_no, search_number
)
SELECT
    numbers.file_no,
    numbers.receipt_no,
    numbers.search_number,
    reasons.processing_month,
    reasons.return_class,
    ROW_NUMBER() OVER (
        PARTITION BY numbers.file_no, numbers.receipt_no
        ORDER BY reasons.processing_month DESC NULLS LAST, numbers.line_no
    ) AS place
FROM numbers
LEFT JOIN reasons
    ON reasons.file_no = numbers.file_no
    AND reasons.receipt_no = numbers.receipt_no
    AND reasons.search_number = numbers.search_number
