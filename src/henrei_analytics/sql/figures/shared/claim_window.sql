-- grain: one row per return that is open and not to be given up
-- inputs: mart.worklist, scope
-- rule: whether it can be sent in the claim window that is open at as_of or comes next. can_send: the return file is in
--       hand (paper always is) and the right to claim lasts until the window opens; too_late: it does not. Without the
--       file nothing can be re-claimed: to_download while the download lasts, no_file once it is over.
SELECT
    w.return_id,
    w.payer,
    w.points,
    w.processing_month,
    w.task_status,
    w.decision,
    w.download_deadline,
    CASE
        WHEN NOT w.is_downloaded AND w.download_deadline < s.as_of THEN 'no_file'
        WHEN w.claim_right_expires < s.next_window_start THEN 'too_late'
        WHEN NOT w.is_downloaded THEN 'to_download'
        ELSE 'can_send'
    END AS window_state
FROM mart.worklist AS w
INNER JOIN scope AS s ON w.institution = s.institution
WHERE COALESCE(w.decision, '') NOT IN ('取下げ', '断念')
