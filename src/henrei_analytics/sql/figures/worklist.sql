-- grain: one row per open return
-- inputs: mart.worklist, scope
-- rule: everything open at as_of, whatever its month; the nearest deadline first (what is overdue stands at the top),
--       within a day most yen first. Carries chart numbers, because somebody has to take out the chart.
SELECT
    w.urgency,
    w.return_id,
    w.chart_number,
    w.service_month,
    w.payer,
    w.medium,
    w.setting,
    w.insurer_number,
    w.reason_category,
    w.reason_code,
    w.reason_text,
    w.look_ja,
    w.points,
    w.yen,
    w.round,
    w.is_downloaded,
    w.download_deadline,
    w.download_days_left,
    w.claim_right_expires,
    w.claim_right_days_left,
    w.deadline,
    w.days_left,
    w.age_months,
    w.owner,
    w.task_status,
    w.decision,
    w.note,
    w.conflicts
FROM mart.worklist AS w
INNER JOIN scope AS s ON w.institution = s.institution
ORDER BY w.deadline NULLS LAST, w.yen DESC NULLS LAST, w.return_id
