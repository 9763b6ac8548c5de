-- checks.file_lines_add_up
-- grain: file
-- inputs: checked_files
-- rule: every line read is used, not needed or set aside; none is lost on the way
SELECT
    name,
    kind,
    month,
    lines AS wanted_count,
    lines_loaded + lines_skipped + lines_quarantined AS found_count,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN lines IS DISTINCT FROM lines_loaded + lines_skipped + lines_quarantined THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_files
WHERE status IN ('loaded', 'superseded')
