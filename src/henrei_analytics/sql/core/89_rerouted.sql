-- core.rerouted
-- grain: one receipt the payer moved to another insurer, split, billed as written, or gave its 枝番: never a return
-- inputs: core.blocks, ledger.rerouted_receipts, ledger.rerouted_lines, ledger.branch_numbers, core.re_examined,
--         core.rerouting_outcomes
-- rule: 資格確認結果連絡書 is vertical, one item a line (項目名:値), 処理区分 may be cut over two lines. Of the parts of a
--       split receipt the last one names the new insurer. A 処理区分 that the code table does not know is other. One receipt = notice,
--       month, カルテ番号 (else name), insurer and service month; the newer file's version counts.
WITH lines AS (
    SELECT file_no, block_no, receipt_no, line_no, outcome, claimed, result, part, CAST(NULL AS VARCHAR) AS chart_number
    FROM ledger.rerouted_receipts
    UNION ALL
    SELECT file_no, block_no, receipt_no, line_no, outcome, claimed, result, part, chart_number
    FROM ledger.rerouted_lines
),
gathered AS (
    SELECT
        file_no,
        receipt_no,
        STRING_AGG(outcome, '' ORDER BY line_no) AS outcome_text,
        MAX(part) AS parts,
        MIN(chart_number) AS chart_number,
        MIN(TRY_CAST(REGEXP_EXTRACT(claimed, '^合計点数:([0-9]{1,9})$', 1) AS BIGINT)) AS points,
        MAX_BY(SUBSTR(result, 8), line_no) FILTER (WHERE result LIKE '審査支払機関:%') AS new_payer,
        MAX_BY(SUBSTR(result, 7), line_no) FILTER (WHERE result LIKE '保険者番号:%') AS new_insurer_number,
        MIN(SUBSTR(COALESCE(result, claimed), 6))
            FILTER (WHERE result LIKE '検索番号:%' OR claimed LIKE '検索番号:%') AS search_number
    FROM lines
    GROUP BY file_no, receipt_no
),
of_eligibility AS (
    SELECT
        blocks.file_no, blocks.file_id, blocks.file_time, blocks.kind AS source, blocks.institution, blocks.payer,
        CASE WHEN blocks.kind = 'skks' THEN 're_examination' ELSE 'first_review' END AS stage,
        blocks.month AS processing_month, receipts.line_no, receipts.service_month, receipts.insurer_number,
        receipts.name_key, gathered.chart_number, outcomes.outcome,
        CASE gathered.new_payer WHEN '社保' THEN 'shaho' WHEN '国保' THEN 'kokuho' ELSE blocks.payer END AS new_payer,
        gathered.new_insurer_number, gathered.parts, gathered.points, gathered.search_number
    FROM core.blocks AS blocks
    INNER JOIN ledger.rerouted_receipts AS receipts
        ON receipts.file_no = blocks.file_no AND receipts.block_no = blocks.block_no
    INNER JOIN gathered ON gathered.file_no = receipts.file_no AND gathered.receipt_no = receipts.receipt_no
    LEFT JOIN core.rerouting_outcomes AS outcomes ON outcomes.text = gathered.outcome_text
),
of_branches AS (
    SELECT
        blocks.file_no, blocks.file_id, blocks.file_time, blocks.kind, blocks.institution, blocks.payer,
        'first_review', blocks.month, branches.line_no, branches.service_month, branches.insurer_number,
        branches.name_key, branches.chart_number, 'branch_number', blocks.payer, branches.insurer_number, 1, NULL, NULL
    FROM core.blocks AS blocks
    INNER JOIN ledger.branch_numbers AS branches
        ON branches.file_no = blocks.file_no AND branches.block_no = blocks.block_no
),
together AS (
    SELECT * FROM of_eligibility
    UNION ALL
    SELECT * FROM of_branches
),
ranked AS (
    SELECT
        together.*,
        FIRST_VALUE(file_no) OVER (
            PARTITION BY institution, payer, source, processing_month, service_month, insurer_number,
                COALESCE(chart_number, name_key)
            ORDER BY file_time DESC, file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM together
)
SELECT
    SUBSTR(file_id, 1, 12) || '-' || CAST(line_no AS VARCHAR) AS rerouted_id,
    institution, payer, stage, processing_month, service_month, COALESCE(outcome, 'other') AS outcome, insurer_number,
    CASE WHEN outcome IN ('transferred', 'split') THEN new_payer END AS new_payer,
    CASE WHEN outcome IN ('transferred', 'split') THEN new_insurer_number END AS new_insurer_number,
    parts, points, chart_number, search_number, source, file_id
FROM ranked
WHERE file_no = newest_file
UNION ALL
SELECT
    receipt_id, institution, payer, stage, processing_month, service_month,
    CASE WHEN RIGHT(request_reason, 2) = '03' THEN 'branch_number' ELSE 'transferred' END, insurer_number,
    NULL, NULL, 1, ABS(points), NULL, NULL, kind, file_id
FROM core.re_examined
WHERE is_newest AND kind = 'sast' AND result = 'moved'
