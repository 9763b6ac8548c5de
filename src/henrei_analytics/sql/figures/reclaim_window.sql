-- grain: one row
-- inputs: mart.worklist, scope
-- rule: the claim window open at as_of, else the next to come. Can be sent: open, not to be given up, the right to claim
--       lasts until the window opens and the return file is in hand (paper always is); without the file nothing can be
--       re-claimed, so those are told apart, by whether it can still be downloaded.
--       decided: to be re-claimed, but not among those ready to go. Arrived this month: processing month M.
WITH wanted AS (
    SELECT
        w.*,
        s.month AS report_month,
        w.claim_right_expires < s.next_window_start AS is_too_late,
        COALESCE(w.task_status = '提出待ち', FALSE) AS is_ready,
        COALESCE(w.decision = '再請求する', FALSE) AS is_decided,
        w.download_deadline < s.as_of AS is_gone
    FROM mart.worklist AS w
    INNER JOIN scope AS s ON w.institution = s.institution
    WHERE COALESCE(w.decision, '') NOT IN ('取下げ', '断念')
),
counted AS (
    SELECT
        COUNT(*) FILTER (WHERE is_downloaded AND NOT COALESCE(is_too_late, FALSE)) AS returns,
        SUM(points) FILTER (WHERE is_downloaded AND NOT COALESCE(is_too_late, FALSE)) AS points,
        COUNT(*) FILTER (
            WHERE is_downloaded AND NOT COALESCE(is_too_late, FALSE) AND processing_month = report_month
        ) AS returns_month,
        SUM(points) FILTER (
            WHERE is_downloaded AND NOT COALESCE(is_too_late, FALSE) AND processing_month = report_month
        ) AS points_month,
        COUNT(*) FILTER (WHERE is_downloaded AND NOT COALESCE(is_too_late, FALSE) AND is_ready) AS ready,
        COUNT(*) FILTER (
            WHERE is_downloaded AND NOT COALESCE(is_too_late, FALSE) AND is_decided AND NOT is_ready
        ) AS decided,
        COUNT(*) FILTER (WHERE NOT is_downloaded AND NOT COALESCE(is_gone, FALSE)) AS to_download,
        COUNT(*) FILTER (WHERE NOT is_downloaded AND is_gone) AS download_passed,
        SUM(points) FILTER (WHERE NOT is_downloaded) AS points_without_file,
        MIN(download_deadline) FILTER (WHERE NOT is_downloaded AND NOT COALESCE(is_gone, FALSE)) AS download_by,
        COUNT(*) FILTER (WHERE is_downloaded AND is_too_late) AS too_late
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
