-- core.reason_lines
-- grain: one reason of one return, in the order of the file
-- inputs: core.returns, core.receipts, ledger.reasons, ledger.history_reasons, ledger.notice_returns, ledger.notice_reasons
-- rule: the HR records of the receipt; a receipt without any has them in its history block (which otherwise only
--       repeats them and those of older rounds, told by their number). A return known from a notice alone has the notice's.
WITH of_notices AS (
    SELECT file_no, receipt_no, line_no, 0 AS position, code, text, text_plain, supplement
    FROM ledger.notice_returns
    UNION ALL
    SELECT file_no, receipt_no, line_no, COALESCE(position, 0), code, text, text_plain, CAST(NULL AS VARCHAR)
    FROM ledger.notice_reasons
),
in_block AS (
    SELECT history.*
    FROM ledger.history_reasons AS history
    INNER JOIN core.receipts AS receipts
        ON receipts.file_no = history.file_no AND receipts.receipt_no = history.receipt_no
    LEFT JOIN ledger.reasons AS reasons
        ON reasons.file_no = history.file_no AND reasons.receipt_no = history.receipt_no
    WHERE reasons.file_no IS NULL
        AND (history.search_number IS NULL OR history.search_number = receipts.search_number)
),
all_lines AS (
    SELECT file_no, receipt_no, line_no, 0 AS position, code, text, text_plain, supplement FROM ledger.reasons
    UNION ALL
    SELECT file_no, receipt_no, line_no, 0, code, text, text_plain, supplement FROM in_block
    UNION ALL
    SELECT file_no, receipt_no, line_no, position, code, text, text_plain, supplement FROM of_notices
)
SELECT
    returns.return_id,
    ROW_NUMBER() OVER (PARTITION BY returns.return_id ORDER BY lines.line_no, lines.position) AS position,
    returns.payer,
    SUBSTR(returns.institution, 1, 2) AS prefecture,
    returns.processing_month,
    lines.code,
    lines.text,
    lines.text_plain,
    lines.supplement
FROM core.returns AS returns
INNER JOIN all_lines AS lines ON lines.file_no = returns.file_no AND lines.receipt_no = returns.receipt_no
WHERE lines.code IS NOT NULL OR lines.text IS NOT NULL
