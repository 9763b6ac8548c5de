-- mart.work_items
-- grain: one return the office still has in hand: open, or closed by its own decision alone
-- inputs: mart.returns, mart.return_reasons, core.guidance_of_returns, core.decision_edits, core.time_rules, mart.as_of
-- rule: the clock that runs: the end of the download while the return file (HEN, SAH) is not loaded, else the end of
--       the right to claim; on paper there is nothing to download. Claims go by the 10th of the window (time_rules)
--       that is open or comes next. Of every field the last applied edit counts whose day has come; decided_by and
--       decided_on are those of the decision, without one those of the newest edit.
WITH known AS (
    SELECT CAST(as_of AS DATE) AS as_of, YEAR(as_of) * 12 + MONTH(as_of) AS as_of_number FROM mart.as_of
),
window_ends AS (
    SELECT
        CAST(DATE_TRUNC('month', known.as_of) + TO_DAYS(CAST(rules.value AS INTEGER) - 1) AS DATE) AS this_month,
        CAST(
            DATE_TRUNC('month', known.as_of) + INTERVAL 1 MONTH + TO_DAYS(CAST(rules.value AS INTEGER) - 1) AS DATE
        ) AS next_month
    FROM core.time_rules AS rules
    CROSS JOIN known
    WHERE rules.rule_id = 'claim_window_last_day'
        AND known.as_of BETWEEN COALESCE(CAST(rules.valid_from AS DATE), DATE '0001-01-01')
        AND COALESCE(CAST(rules.valid_to AS DATE), DATE '9999-12-31')
),
kept AS (
    SELECT
        returns.*,
        returns.medium = 'paper' OR LIST_HAS_ANY(returns.sources, ['hen', 'sah']) AS is_downloaded
    FROM mart.returns AS returns
    WHERE returns.status IN ('open', 'written_off') OR returns.link_rule = 'decision'
),
in_hand AS (
    SELECT
        kept.*,
        CASE WHEN is_downloaded THEN claim_right_expires ELSE LEAST(download_deadline, claim_right_expires) END AS deadline
    FROM kept
),
first_reasons AS (
    SELECT return_id, CONCAT_WS(' ', text, supplement) AS text
    FROM mart.return_reasons
    WHERE position = 1
),
applied AS (
    SELECT
        edits.*,
        ROW_NUMBER() OVER (PARTITION BY edits.return_id, edits.field ORDER BY edits.edit_no DESC) AS place
    FROM core.decision_edits AS edits
    CROSS JOIN known
    WHERE edits.state = 'applied' AND edits.decided_on <= known.as_of
),
authors AS (
    SELECT
        applied.*,
        ROW_NUMBER() OVER (
            PARTITION BY return_id
            ORDER BY CASE WHEN field = 'decision' AND value IS NOT NULL THEN 0 ELSE 1 END, edit_no DESC
        ) AS author_place
    FROM applied
    WHERE place = 1
),
decisions AS (
    SELECT
        return_id,
        MAX(value) FILTER (WHERE field = 'owner') AS owner,
        MAX(value) FILTER (WHERE field = 'task_status') AS task_status,
        MAX(value) FILTER (WHERE field = 'decision') AS decision,
        MAX(value) FILTER (WHERE field = 'note') AS note,
        MAX(decided_by) FILTER (WHERE author_place = 1) AS decided_by,
        MAX(decided_on) FILTER (WHERE author_place = 1) AS decided_on
    FROM authors
    GROUP BY return_id
),
contradictions AS (
    SELECT edits.return_id, COUNT(*) AS conflicts
    FROM core.decision_edits AS edits
    CROSS JOIN known
    WHERE edits.state = 'conflict' AND NOT edits.is_settled AND edits.decided_on <= known.as_of
    GROUP BY edits.return_id
)
SELECT
    in_hand.return_id,
    in_hand.institution,
    in_hand.payer,
    in_hand.stage,
    in_hand.medium,
    in_hand.processing_month,
    in_hand.received_month,
    in_hand.service_month,
    in_hand.setting,
    in_hand.department,
    in_hand.insurer_number,
    in_hand.law_number,
    in_hand.chart_number,
    in_hand.points,
    in_hand.points * 10 AS yen,
    in_hand.round,
    CAST(
        known.as_of_number - (YEAR(in_hand.received_month) * 12 + MONTH(in_hand.received_month)) AS INTEGER
    ) AS age_months,
    in_hand.main_reason_code AS reason_code,
    in_hand.main_reason_category AS reason_category,
    NULLIF(first_reasons.text, '') AS reason_text,
    in_hand.is_downloaded,
    in_hand.download_deadline,
    DATE_DIFF('day', known.as_of, in_hand.download_deadline) AS download_days_left,
    in_hand.claim_right_expires,
    DATE_DIFF('day', known.as_of, in_hand.claim_right_expires) AS claim_right_days_left,
    in_hand.deadline,
    DATE_DIFF('day', known.as_of, in_hand.deadline) AS days_left,
    CASE
        WHEN in_hand.deadline < known.as_of THEN 'overdue'
        WHEN in_hand.deadline <= known.as_of + INTERVAL 7 DAY THEN 'soon'
        ELSE 'none'
    END AS urgency,
    CASE WHEN known.as_of <= window_ends.this_month THEN window_ends.this_month ELSE window_ends.next_month END AS send_by,
    guidance.meaning_ja,
    guidance.look_ja,
    guidance.correct_ja,
    guidance.prevent_ja,
    guidance.written_on AS guidance_written_on,
    guidance.source AS guidance_source,
    decisions.owner,
    decisions.task_status,
    decisions.decision,
    decisions.note,
    decisions.decided_by,
    decisions.decided_on,
    COALESCE(contradictions.conflicts, 0) AS conflicts,
    in_hand.search_number,
    in_hand.status
FROM in_hand
CROSS JOIN known
LEFT JOIN window_ends ON TRUE
LEFT JOIN first_reasons ON first_reasons.return_id = in_hand.return_id
LEFT JOIN core.guidance_of_returns AS guidance ON guidance.return_id = in_hand.return_id
LEFT JOIN decisions ON decisions.return_id = in_hand.return_id
LEFT JOIN contradictions ON contradictions.return_id = in_hand.return_id
