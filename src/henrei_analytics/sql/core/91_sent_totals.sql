-- core.sent_totals
-- grain: one row of a 送信データ集計表 or オンライン受領書 (a レセプト種別, 合計, 受付不能)
-- inputs: core.blocks, ledger.sent_totals
-- rule: the same kind, month, sending and setting in a newer file replaces the older
WITH placed AS (
    SELECT
        blocks.*,
        totals.line_no,
        totals.label,
        totals.claims,
        totals.days,
        totals.points,
        totals.copay,
        FIRST_VALUE(blocks.file_no) OVER (
            PARTITION BY blocks.institution, blocks.payer, blocks.kind, blocks.month, blocks.service_month, blocks.setting,
                LTRIM(blocks.sending, '0')
            ORDER BY blocks.file_time DESC, blocks.file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM core.blocks AS blocks
    INNER JOIN ledger.sent_totals AS totals
        ON totals.file_no = blocks.file_no AND totals.block_no = blocks.block_no
)
SELECT
    institution, payer, month AS claim_month, kind AS source, LTRIM(sending, '0') AS sending, setting, label,
    label = '合計' AS is_total, label = '受付不能' AS is_refused, claims, days, points, copay AS copay_yen, file_id,
    line_no
FROM placed
WHERE file_no = newest_file
