-- mart.returns
-- grain: one receipt sent back once, with its status as of mart.as_of
-- inputs: core.returns, core.rounds, core.previous_returns, core.return_claims, core.resubmissions, core.paid_reclaims,
--         core.time_limits, core.return_reasons, core.decision_edits, core.claim_entry, core.time_rules, mart.as_of
-- rule: what happened after as_of is not known yet, returns that had not arrived included. returned_again: a later return
--       of the receipt has arrived; settled: re-claimed and paid by a 振込額明細, or not returned again for
--       settle_after_months; resubmitted: re-claimed, too early to know, also when only the office's decision 再請求済
--       says so; written_off: the office's newest decision is 取下げ or 断念; lapsed: the right to claim is over; else
--       open.
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
ranked_decisions AS (
    SELECT
        edits.return_id,
        edits.value AS decision,
        edits.decided_on,
        ROW_NUMBER() OVER (PARTITION BY edits.return_id ORDER BY edits.edit_no DESC) AS place
    FROM core.decision_edits AS edits
    INNER JOIN known ON edits.decided_on <= known.as_of
    WHERE edits.field = 'decision' AND edits.state = 'applied'
),
decisions AS (
    SELECT return_id, decision, decided_on FROM ranked_decisions WHERE place = 1
),
known_resubmissions AS (
    SELECT resubmissions.*
    FROM core.resubmissions AS resubmissions
    CROSS JOIN known
    WHERE YEAR(resubmissions.claim_month) * 12 + MONTH(resubmissions.claim_month) <= known.as_of_number
),
answers AS (
    SELECT return_id, claim_id, payer, claim_month, link_rule
    FROM known_resubmissions
    UNION ALL
    SELECT
        decisions.return_id,
        NULL,
        returns.payer,
        GREATEST(CAST(DATE_TRUNC('month', decisions.decided_on) AS DATE), returns.received_month),
        'decision'
    FROM decisions
    INNER JOIN core.returns AS returns ON returns.return_id = decisions.return_id
    WHERE decisions.decision = '再請求済' AND decisions.return_id NOT IN (SELECT return_id FROM known_resubmissions)
),
resubmissions AS (
    SELECT answers.*, YEAR(answers.claim_month) * 12 + MONTH(answers.claim_month) AS claim_number
    FROM answers
),
paid AS (
    SELECT paid_reclaims.return_id, MIN(paid_reclaims.paid_month) AS paid_month
    FROM core.paid_reclaims AS paid_reclaims
    CROSS JOIN known
    WHERE YEAR(paid_reclaims.paid_month) * 12 + MONTH(paid_reclaims.paid_month) <= known.as_of_number
    GROUP BY paid_reclaims.return_id
),
main_reasons AS (
    SELECT return_id, code, category FROM core.return_reasons WHERE position = 1
),
entries AS (
    SELECT return_claims.return_id, claim_entry.entered_by
    FROM core.return_claims AS return_claims
    INNER JOIN core.claim_entry AS claim_entry ON claim_entry.claim_id = return_claims.claim_id
),
judged AS (
    SELECT
        returns.*,
        return_claims.claim_id,
        rounds.round,
        rounds.journey_id,
        previous_returns.previous_return_id,
        resubmissions.claim_id AS reclaim_id,
        resubmissions.payer AS resubmitted_payer,
        resubmissions.claim_month AS resubmitted_month,
        resubmissions.claim_number,
        resubmissions.link_rule,
        COALESCE(returns.entered_by, entries.entered_by) AS keyed_by,
        time_limits.download_deadline,
        time_limits.claim_right_expires,
        decisions.decided_on,
        CASE
            WHEN next_returns.received_number <= known.as_of_number THEN 'returned_again'
            WHEN paid.return_id IS NOT NULL THEN 'paid'
            WHEN known.as_of_number - resubmissions.claim_number >= settling.months THEN 'settled'
            WHEN resubmissions.return_id IS NOT NULL THEN 'resubmitted'
            WHEN decisions.decision IN ('取下げ', '断念') THEN 'written_off'
            WHEN time_limits.claim_right_expires < known.as_of THEN 'lapsed'
            ELSE 'open'
        END AS state,
        CASE
            WHEN paid.return_id IS NOT NULL THEN paid.paid_month
            ELSE CAST(resubmissions.claim_month + TO_MONTHS(settling.months) AS DATE)
        END AS settles_in
    FROM core.returns AS returns
    CROSS JOIN known
    CROSS JOIN settling
    LEFT JOIN core.rounds AS rounds ON rounds.return_id = returns.return_id
    LEFT JOIN core.previous_returns AS previous_returns ON previous_returns.return_id = returns.return_id
    LEFT JOIN core.return_claims AS return_claims ON return_claims.return_id = returns.return_id
    LEFT JOIN entries ON entries.return_id = returns.return_id
    LEFT JOIN next_returns ON next_returns.return_id = returns.return_id
    LEFT JOIN resubmissions ON resubmissions.return_id = returns.return_id
    LEFT JOIN paid ON paid.return_id = returns.return_id
    LEFT JOIN decisions ON decisions.return_id = returns.return_id
    LEFT JOIN core.time_limits AS time_limits ON time_limits.return_id = returns.return_id
    WHERE YEAR(returns.received_month) * 12 + MONTH(returns.received_month) <= known.as_of_number
)
SELECT
    judged.return_id,
    judged.institution,
    judged.payer,
    judged.stage,
    judged.medium,
    judged.processing_month,
    judged.received_month,
    judged.service_month,
    judged.claim_type,
    judged.setting,
    judged.department,
    judged.insurer_number,
    judged.law_number,
    judged.points,
    judged.days,
    judged.patient_key,
    judged.chart_number,
    judged.search_number,
    CAST(judged.return_class AS INTEGER) AS return_class,
    main_reasons.code AS main_reason_code,
    COALESCE(main_reasons.category, '未分類') AS main_reason_category,
    judged.keyed_by AS entered_by,
    judged.journey_id,
    CAST(judged.round AS INTEGER) AS round,
    judged.previous_return_id,
    judged.claim_id,
    CASE WHEN judged.state = 'paid' THEN 'settled' ELSE judged.state END AS status,
    judged.resubmitted_month,
    judged.resubmitted_payer,
    judged.reclaim_id,
    CAST(
        judged.claim_number - (YEAR(judged.received_month) * 12 + MONTH(judged.received_month)) AS INTEGER
    ) AS months_to_resubmit,
    judged.link_rule,
    CASE judged.state WHEN 'paid' THEN 'payment' WHEN 'settled' THEN 'time' END AS settled_by,
    CASE WHEN judged.state IN ('paid', 'settled') THEN judged.settles_in END AS settled_month,
    CASE judged.state
        WHEN 'written_off' THEN judged.decided_on
        WHEN 'lapsed' THEN judged.claim_right_expires
    END AS ended_on,
    judged.download_deadline,
    judged.claim_right_expires,
    judged.sources,
    judged.file_id
FROM judged
LEFT JOIN main_reasons ON main_reasons.return_id = judged.return_id
