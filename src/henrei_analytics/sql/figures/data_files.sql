-- grain: one row per file seen for the institution, or for nobody (rejected before it could tell)
-- inputs: mart.files, scope
-- rule: files of the window up to the month of as_of, and files without a month
SELECT
    f.name,
    f.kind,
    f.payer,
    f.month,
    f.status,
    f.lines,
    f.lines_loaded,
    f.lines_skipped,
    f.lines_quarantined,
    f.receipts,
    f.control_count,
    f.actual_count,
    f.control_points,
    f.actual_points,
    f.balanced,
    f.loaded_at,
    f.message,
    f.file_id
FROM mart.files AS f
CROSS JOIN scope AS s
WHERE (f.institution = s.institution OR f.institution IS NULL)
    AND (f.month IS NULL OR f.month BETWEEN s.first_month AND s.as_of)
ORDER BY f.month DESC NULLS LAST, f.kind NULLS LAST, f.payer DESC NULLS LAST, f.name, f.file_id,
    f.loaded_at, f.status
