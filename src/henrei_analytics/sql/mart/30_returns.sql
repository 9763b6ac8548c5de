-- mart.returns
-- grain: one receipt sent back once, with its status as of mart.as_of
-- inputs: core.returns, core.rounds, core.previous_returns, core.resubmissions, core.time_limits,
--         core.return_reasons, core.time_rules, mart.as_of
-- rule: what happened after as_of is not known yet, returns that had not arrived included. returned_again: a later return of the receipt has arrived;
--       settled: re-claimed and not returned again for settle_after_months; resubmitted: re-claimed, too early to
--       know; lapsed: not re-claimed and the right to claim is over; else open. written_off is the office's decision.
WITH known AS (
    SELECT
        CAST(as_of AS DATE) AS as_of,
        YEAR(as_of) * 12 + MONTH(as_of) AS as_of_number
    FROM mart.as_of
),
settling AS (
    SELECT CAST(value AS INTEGER) AS months FROM core.time_rules WHERE rule_id = 'settle_after_months'
),
next_returns AS (
    SELECT links.previous_return_id AS return_id, YEAR(later.received_month) * 12 + MONTH(later.received_month) AS received_number
    FROM core.previous_returns AS links
    INNER JOIN core.returns AS later ON later.return_id = links.return_id
),
resubmissions AS (
    SELECT
        resubmissions.return_id,
        resubmissions.claim_month,
        resubmissions.link_rule,
        YEAR(resubmissions.claim_month) * 12 + MONTH(resubmissions.claim_month) AS claim_number
    FROM core.resubmissions AS resubmissions
    CROSS JOIN known
    WHERE YEAR(resubmissions.claim_month) * 12 + MONTH(resubmissions.claim_month) <= known.as_of_number
),
main_reasons AS (
    SELECT return_id, code, category FROM core.return_reasons WHERE position = 1
)
SELECT
    returns.return_id,
    returns.institution,
    returns.payer,
    returns.stage,
    returns.medium,
    returns.processing_month,
    returns.received_month,
    returns.service_month,
    returns.claim_type,
    returns.setting,
    returns.department,
    returns.insurer_number,
    returns.law_number,
    returns.points,
    returns.patient_key,
    returns.chart_number,
    returns.search_number,
    CAST(returns.return_class AS INTEGER) AS return_class,
    main_reasons.code AS main_reason_code,
    COALESCE(main_reasons.category, '未分類') AS main_reason_category,
    CAST(rounds.round AS INTEGER) AS round,
    previous_returns.previous_return_id,
    CASE
        WHEN next_returns.received_number <= known.as_of_number THEN 'returned_again'
        WHEN known.as_of_number - resubmissions.claim_number >= settling.months THEN 'settled'
        WHEN resubmissions.return_id IS NOT NULL THEN 'resubmitted'
        WHEN time_limits.claim_right_expires < known.as_of THEN 'lapsed'
        ELSE 'open'
    END AS status,
    resubmissions.claim_month AS resubmitted_month,
    CAST(
        resubmissions.claim_number - (YEAR(returns.received_month) * 12 + MONTH(returns.received_month)) AS INTEGER
    ) AS months_to_resubmit,
    resubmissions.link_rule,
    time_limits.download_deadline,
    time_limits.claim_right_expires,
    returns.sources,
    returns.file_id
FROM core.returns AS returns
CROSS JOIN known
CROSS JOIN settling
LEFT JOIN core.rounds AS rounds ON rounds.return_id = returns.return_id
LEFT JOIN core.previous_returns AS previous_returns ON previous_returns.return_id = returns.return_id
LEFT JOIN next_returns ON next_returns.return_id = returns.return_id
LEFT JOIN resubmissions ON resubmissions.return_id = returns.return_id
LEFT JOIN core.time_limits AS time_limits ON time_limits.return_id = returns.return_id
LEFT JOIN main_reasons ON main_reasons.return_id = returns.return_id
WHERE YEAR(returns.received_month) * 12 + MONTH(returns.received_month) <= known.as_of_number
