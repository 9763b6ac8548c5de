-- core.re_examinations
-- grain: one outcome of a request for re-examination
-- inputs: core.returns, core.blocks, core.re_examined, core.reported_returns, ledger.history_requests,
--         ledger.history_outcomes, ledger.history_corrections, ledger.upheld_receipts, ledger.upheld_items,
--         core.re_examination_results, core.re_examination_requesters
-- rule: a returned receipt carries the requests (MD, データ識別 3) and outcomes (MK, データ識別 4) of its newest round in
--       its history block; the first request is the principal one. The letters of the payer's own corrections (JY) stand
--       beside. The 再審査結果連絡書 lists requests of the institution that changed nothing; in the
--       再審査等支払調整額通知票 reason 52 is a request of the institution. A return that both tell of is one outcome, that
--       of the return file: it takes all points of the claim back.
WITH outcomes AS (
    SELECT
        outcomes.*,
        ROW_NUMBER() OVER (PARTITION BY file_no, receipt_no ORDER BY line_no) AS place
    FROM ledger.history_outcomes AS outcomes
    WHERE stage_id = '4'
),
requests AS (
    SELECT
        requests.*,
        ROW_NUMBER() OVER (PARTITION BY file_no, receipt_no, request_no ORDER BY line_no) AS place
    FROM ledger.history_requests AS requests
    WHERE stage_id = '3'
),
letters AS (
    SELECT file_no, receipt_no, letters, MIN(line_no) AS line_no
    FROM ledger.history_corrections
    WHERE letters IS NOT NULL AND stage_id IN ('2', '4')
    GROUP BY file_no, receipt_no, letters
),
corrections AS (
    SELECT file_no, receipt_no, STRING_AGG(letters, ' ' ORDER BY line_no) AS letters
    FROM letters
    GROUP BY file_no, receipt_no
),
of_returns AS (
    SELECT
        SUBSTR(returns.file_id, 1, 12) || '-' || CAST(outcomes.line_no AS VARCHAR) AS re_examination_id,
        returns.institution, returns.payer,
        COALESCE(outcomes.processing_month, returns.processing_month) AS processing_month,
        returns.service_month,
        COALESCE(requests.requested_on, outcomes.requested_on) AS requested_on,
        requesters.requester,
        COALESCE(outcomes.changed_reason, requests.reason_number) AS reason_number,
        outcomes.result AS result_code,
        COALESCE(results.result, 'other') AS result,
        results.result_ja,
        corrections.letters AS correction_letters,
        CASE WHEN results.result IN ('returned', 'withdrawn') THEN -returns.points END AS points_delta,
        returns.return_id,
        'sah' AS source,
        returns.file_id
    FROM core.returns AS returns
    INNER JOIN outcomes
        ON outcomes.file_no = returns.file_no AND outcomes.receipt_no = returns.receipt_no AND outcomes.place = 1
    LEFT JOIN requests
        ON requests.file_no = outcomes.file_no
        AND requests.receipt_no = outcomes.receipt_no
        AND requests.request_no = outcomes.request_no
        AND requests.place = 1
    LEFT JOIN corrections
        ON corrections.file_no = outcomes.file_no AND corrections.receipt_no = outcomes.receipt_no
    LEFT JOIN core.re_examination_results AS results
        ON results.payer = returns.payer AND results.result_code = outcomes.result
    LEFT JOIN core.re_examination_requesters AS requesters
        ON requesters.payer = returns.payer AND requesters.requester_code = outcomes.requester
    WHERE returns.source IN ('hen', 'sah')
),
of_notices AS (
    SELECT
        receipts.receipt_id, receipts.institution, receipts.payer, receipts.processing_month, receipts.service_month,
        CAST(NULL AS DATE),
        CASE
            WHEN receipts.kind = 'sast' AND RIGHT(receipts.request_reason, 2) = '52' THEN 'institution'
            WHEN receipts.kind = 'sast' THEN 'insurer'
        END,
        receipts.request_reason, CAST(NULL AS VARCHAR), receipts.result, CAST(NULL AS VARCHAR),
        CAST(NULL AS VARCHAR), receipts.points,
        reported.return_id, receipts.kind, receipts.file_id
    FROM core.re_examined AS receipts
    LEFT JOIN core.reported_returns AS reported ON reported.report_id = receipts.receipt_id
    WHERE receipts.is_newest
        AND receipts.kind IN ('sast', 'tskr')
        AND (reported.return_id IS NULL OR reported.return_id NOT IN (SELECT return_id FROM of_returns))
),
upheld AS (
    SELECT
        blocks.file_id, blocks.file_no, blocks.institution, blocks.payer, blocks.month, receipts.line_no,
        receipts.service_month, receipts.file_number, receipts.received_month,
        FIRST_VALUE(blocks.file_no) OVER (
            PARTITION BY blocks.institution, blocks.payer, blocks.month, receipts.service_month, receipts.file_number
            ORDER BY blocks.file_time DESC, blocks.file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM core.blocks AS blocks
    INNER JOIN ledger.upheld_receipts AS receipts
        ON receipts.file_no = blocks.file_no AND receipts.block_no = blocks.block_no
),
upheld_reasons AS (
    SELECT file_no, service_month, file_number, MIN(upheld_reason) AS reason
    FROM ledger.upheld_items
    GROUP BY file_no, service_month, file_number
)
SELECT * FROM of_returns
UNION ALL
SELECT * FROM of_notices
UNION ALL
SELECT
    SUBSTR(upheld.file_id, 1, 12) || '-' || CAST(upheld.line_no AS VARCHAR), upheld.institution, upheld.payer,
    upheld.month, upheld.service_month, upheld.received_month, 'institution', upheld_reasons.reason, NULL, 'upheld', NULL,
    NULL, 0, NULL, 'sakr', upheld.file_id
FROM upheld
LEFT JOIN upheld_reasons
    ON upheld_reasons.file_no = upheld.file_no
    AND upheld_reasons.service_month = upheld.service_month
    AND upheld_reasons.file_number = upheld.file_number
WHERE upheld.file_no = upheld.newest_file
