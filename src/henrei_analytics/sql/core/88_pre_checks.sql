-- core.pre_checks
-- grain: one error of one receipt in a list of a check before review, with the return it came back as all the same
-- inputs: core.blocks, ledger.pre_checks, core.returns, core.return_claims, core.claims
-- rule: lists of several sendings of a month add up; the same receipt, code and points in a newer list is the same
--       error. A receipt came back when a first-review return of that month has its service month and カルテ番号,
--       without カルテ番号 the name, where the claim that came back does not bear another レセプト番号. Errors of a trial list (kasp) count apart: its receipts
--       were not sent and came back nowhere.
WITH placed AS (
    SELECT
        blocks.file_id,
        blocks.file_time,
        blocks.kind AS list,
        blocks.institution,
        blocks.payer,
        blocks.month AS claim_month,
        COALESCE(checks.service_month, blocks.service_month) AS service_month,
        checks.line_no,
        checks.file_no,
        checks.receipt_no,
        checks.receipt_number,
        NULLIF(LTRIM(checks.chart_number, '0'), '') AS chart_digits,
        checks.chart_number,
        checks.name_key,
        CASE WHEN checks.setting_label LIKE '%外%' THEN 'outpatient' WHEN checks.setting_label LIKE '%入%' THEN 'inpatient' END AS setting,
        CASE WHEN REGEXP_MATCHES(checks.code, '^[0-9]{4}$') THEN 'L' || checks.code ELSE checks.code END AS code,
        checks.message,
        checks.section,
        checks.points_wrong,
        checks.points_right,
        COALESCE(checks.after_return, checks.after_re_examination, '') = '1' AS is_resubmission
    FROM core.blocks AS blocks
    INNER JOIN ledger.pre_checks AS checks
        ON checks.file_no = blocks.file_no AND checks.block_no = blocks.block_no
),
ranked AS (
    SELECT
        placed.*,
        ROW_NUMBER() OVER (
            PARTITION BY list, institution, payer, claim_month, service_month, COALESCE(chart_digits, name_key),
                receipt_number, code, section, points_wrong, points_right
            ORDER BY file_time DESC, file_id DESC, line_no
        ) AS version
    FROM placed
),
came_back AS (
    SELECT
        checks.file_no,
        checks.line_no,
        returns.return_id,
        ROW_NUMBER() OVER (PARTITION BY checks.file_no, checks.line_no ORDER BY returns.return_id) AS place
    FROM placed AS checks
    INNER JOIN core.returns AS returns
        ON returns.institution = checks.institution
        AND returns.payer = checks.payer
        AND returns.processing_month = checks.claim_month
        AND returns.service_month = checks.service_month
        AND returns.stage = 'first_review'
        AND checks.list <> 'kasp'
    LEFT JOIN core.return_claims AS return_claims ON return_claims.return_id = returns.return_id
    LEFT JOIN core.claims AS claims ON claims.claim_id = return_claims.claim_id
    WHERE
        (
            returns.chart_key = checks.chart_digits
            OR (
                (returns.chart_number IS NULL OR checks.chart_digits IS NULL)
                AND returns.name_key = checks.name_key
                AND COALESCE(claims.receipt_number = checks.receipt_number, TRUE)
            )
        )
)
SELECT
    SUBSTR(ranked.file_id, 1, 12) || '-' || CAST(ranked.line_no AS VARCHAR) AS pre_check_id,
    ranked.* EXCLUDE (chart_digits, version, file_time),
    CASE
        WHEN ranked.code LIKE 'L48%' THEN 'L48'
        WHEN REGEXP_MATCHES(ranked.code, '^L[0-9]') THEN SUBSTR(ranked.code, 1, 2)
    END AS level,
    came_back.return_id
FROM ranked
LEFT JOIN came_back
    ON came_back.file_no = ranked.file_no AND came_back.line_no = ranked.line_no AND came_back.place = 1
WHERE ranked.version = 1
