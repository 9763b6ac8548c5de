-- checks.shared.checked_files
-- grain: one file of the institution
-- inputs: mart.files, check_scope
-- rule: is_paper: a notice about receipts sent on paper, which no claim or return file holds. Copies left out; files of the window, and files without a month
SELECT
    f.file_id, f.name, f.kind, f.payer, f.month, f.status, f.lines, f.lines_loaded, f.lines_skipped,
    f.lines_quarantined, f.balanced, f.receipts, f.receipts_superseded, f.file_time,
    COALESCE(f.system, 'RI') LIKE 'M%' AS is_paper
FROM mart.files AS f
INNER JOIN check_scope AS s ON f.institution = s.institution
WHERE f.status <> 'duplicate' AND (f.month IS NULL OR f.month BETWEEN s.first_month AND s.as_of)
