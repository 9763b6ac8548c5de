-- grain: one row per return of the window
-- inputs: mart.departments, mart.return_reasons, known_returns
-- rule: with its first reason, the newest first; no names, which the database does not hold
SELECT
    r.processing_month,
    r.service_month,
    r.payer,
    r.stage,
    r.setting,
    COALESCE(d.label_ja, r.department) AS department,
    r.insurer_number,
    r.category,
    r.main_reason_code AS code,
    n.text AS reason_text,
    CAST(r.points AS BIGINT) AS points,
    r.round,
    r.status,
    r.chart_number,
    r.return_id
FROM known_returns AS r
LEFT JOIN mart.departments AS d ON r.department = d.department
LEFT JOIN mart.return_reasons AS n ON r.return_id = n.return_id AND n.position = 1
WHERE r.in_window
ORDER BY r.processing_number DESC, r.payer DESC, r.points DESC, r.return_id
