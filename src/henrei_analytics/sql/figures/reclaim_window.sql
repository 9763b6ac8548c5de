-- grain: one row
-- inputs: claim_window, scope
-- rule: the claim window open at as_of, else the next to come, and what can be sent in it (claim_window). Returns
--       without their file are told apart, by whether it can still be downloaded. Arrived this month: processing month M.
WITH wanted AS (
    SELECT
        w.*,
        w.processing_month = s.month AS is_of_month,
        COALESCE(w.task_status = '提出待ち', FALSE) AS is_ready,
        COALESCE(w.decision = '再請求する', FALSE) AS is_decided
    FROM claim_window AS w
    CROSS JOIN scope AS s
),
counted AS (
    SELECT
        COUNT(*) FILTER (WHERE window_state = 'can_send') AS returns,
        SUM(points) FILTER (WHERE window_state = 'can_send') AS points,
        COUNT(*) FILTER (WHERE window_state = 'can_send' AND is_of_month) AS returns_month,
        SUM(points) FILTER (WHERE window_state = 'can_send' AND is_of_month) AS points_month,
        COUNT(*) FILTER (WHERE window_state = 'can_send' AND is_ready) AS ready,
        COUNT(*) FILTER (WHERE window_state = 'can_send' AND is_decided AND NOT is_ready) AS decided,
        COUNT(*) FILTER (WHERE window_state = 'to_download') AS to_download,
        COUNT(*) FILTER (WHERE window_state = 'no_file') AS download_passed,
        SUM(points) FILTER (WHERE window_state IN ('to_download', 'no_file')) AS points_without_file,
        MIN(download_deadline) FILTER (WHERE window_state = 'to_download') AS download_by,
        COUNT(*) FILTER (WHERE window_state = 'too_late') AS too_late
    FROM wanted
)
SELECT
    s.month,
    s.as_of,
    s.next_window_start AS window_start,
    s.next_window_end AS window_end,
    s.as_of >= s.next_window_start AS is_open,
    CAST(CASE WHEN s.as_of < s.next_window_start THEN s.next_window_start - s.as_of ELSE 0 END AS BIGINT) AS days_until,
    CAST(s.next_window_end - s.as_of AS BIGINT) AS days_left,
    c.returns,
    CAST(COALESCE(c.points, 0) AS BIGINT) AS points,
    CAST(COALESCE(c.points, 0) * 10 AS BIGINT) AS yen,
    c.returns_month,
    CAST(COALESCE(c.points_month, 0) * 10 AS BIGINT) AS yen_month,
    c.returns - c.returns_month AS returns_older,
    CAST((COALESCE(c.points, 0) - COALESCE(c.points_month, 0)) * 10 AS BIGINT) AS yen_older,
    c.ready,
    c.decided,
    c.to_download,
    c.download_passed,
    CAST(COALESCE(c.points_without_file, 0) * 10 AS BIGINT) AS yen_without_file,
    c.download_by,
    c.too_late
FROM counted AS c
CROSS JOIN scope AS s
ORDER BY s.institution
