-- mart.payment_totals
-- grain: one month's payment as one notice tells it
-- inputs: core.blocks, ledger.payment_totals, ledger.transfers, ledger.transfer_kinds
-- rule: 振込額合計: the 合計 rows (明細・合計区分 9) of all 管掌区分. 当座口振込通知書: the transfer and its 支払区分 rows.
--       The newest file of a month counts.
WITH fggk AS (
    SELECT
        blocks.file_no,
        blocks.file_id,
        SUM(COALESCE(totals.inpatient_claims, 0) + COALESCE(totals.outpatient_claims, 0)) AS claims,
        SUM(COALESCE(totals.inpatient_points, 0) + COALESCE(totals.outpatient_points, 0)) AS points,
        SUM(totals.calculated) AS calculated,
        SUM(totals.re_examination) AS re_examination,
        SUM(COALESCE(totals.calculated, 0) + COALESCE(totals.re_examination, 0) + COALESCE(totals.rounding, 0)) AS paid,
        CAST(NULL AS DATE) AS paid_on
    FROM core.blocks AS blocks
    INNER JOIN ledger.payment_totals AS totals ON totals.file_no = blocks.file_no AND totals.block_no = blocks.block_no
    WHERE totals.level = '9'
    GROUP BY blocks.file_no, blocks.file_id
),
kinds AS (
    SELECT file_no, SUM(claims) AS claims, SUM(calculated) AS calculated, SUM(re_examination) AS re_examination
    FROM ledger.transfer_kinds
    GROUP BY file_no
),
tgft AS (
    SELECT
        blocks.file_no,
        blocks.file_id,
        MIN(kinds.claims) AS claims,
        CAST(NULL AS DOUBLE) AS points,
        MIN(kinds.calculated) AS calculated,
        MIN(kinds.re_examination) AS re_examination,
        SUM(transfers.paid_yen) AS paid,
        MAX(transfers.paid_on) AS paid_on
    FROM core.blocks AS blocks
    INNER JOIN ledger.transfers AS transfers
        ON transfers.file_no = blocks.file_no AND transfers.block_no = blocks.block_no
    LEFT JOIN kinds ON kinds.file_no = blocks.file_no
    GROUP BY blocks.file_no, blocks.file_id
),
together AS (
    SELECT * FROM fggk
    UNION ALL
    SELECT * FROM tgft
),
ranked AS (
    SELECT
        blocks.institution,
        blocks.payer,
        blocks.month AS processing_month,
        blocks.kind AS source,
        together.*,
        ROW_NUMBER() OVER (
            PARTITION BY blocks.institution, blocks.payer, blocks.month, blocks.kind
            ORDER BY blocks.file_time DESC, blocks.file_id DESC
        ) AS version
    FROM together
    INNER JOIN core.blocks AS blocks ON blocks.file_no = together.file_no AND blocks.block_no = 1
)
SELECT
    institution,
    payer,
    processing_month,
    source,
    CAST(claims AS BIGINT) AS claims,
    CAST(ROUND(points) AS BIGINT) AS points,
    CAST(ROUND(calculated) AS BIGINT) AS calculated_yen,
    CAST(ROUND(re_examination) AS BIGINT) AS re_examination_yen,
    CAST(ROUND(paid) AS BIGINT) AS paid_yen,
    paid_on,
    file_id
FROM ranked
WHERE version = 1
