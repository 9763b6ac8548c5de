-- grain: one row per return of the window that has met at least one claim window and whose end is known
-- inputs: known_returns, scope, mart.law_numbers, mart.departments
-- rule: windows_closed counts the claim windows over at as_of since the return arrived. ending: reclaimed, written_off
--       or lapsed, where it came by the last of them; NULL: still open. months = month of the end - month of arrival
--       (0: the window of the same month; a write-off or lapse comes after the window of its month, so the return had
--       its chance in it), and of an open return the last window over. An end dated before the arrival counts as 0.
--       Left out: what came back again though the month of its re-claim is not known.
WITH ends AS (
    SELECT
        r.return_id,
        CASE
            WHEN r.reclaimed_number IS NOT NULL THEN 'reclaimed'
            WHEN r.ended_number IS NOT NULL THEN r.status
        END AS ending,
        COALESCE(r.reclaimed_number, r.ended_number) AS end_number
    FROM known_returns AS r
)
SELECT
    r.return_id,
    r.payer,
    r.stage,
    r.category,
    COALESCE(l.class_ja, 'その他') AS insurer_class,
    r.setting,
    COALESCE(d.label_ja, r.department, '不明') AS department,
    s.closed_window_number - r.received_number + 1 AS windows_closed,
    CASE WHEN e.end_number <= s.closed_window_number THEN e.ending END AS ending,
    CASE
        WHEN e.end_number <= s.closed_window_number THEN GREATEST(e.end_number - r.received_number, 0)
        ELSE s.closed_window_number - r.received_number
    END AS months
FROM known_returns AS r
INNER JOIN ends AS e ON r.return_id = e.return_id
CROSS JOIN scope AS s
LEFT JOIN mart.law_numbers AS l ON r.law_number = l.law_number
LEFT JOIN mart.departments AS d ON r.department = d.department
WHERE r.in_window AND r.received_number <= s.closed_window_number
    AND NOT (r.status = 'returned_again' AND r.reclaimed_number IS NULL)
