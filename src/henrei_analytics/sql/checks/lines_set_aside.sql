-- checks.lines_set_aside
-- grain: file; counted in lines
-- inputs: checked_files
-- rule: lines that could not be read, of all lines
SELECT
    name,
    kind,
    month,
    lines AS checked,
    lines_quarantined AS violating
FROM checked_files
WHERE status IN ('loaded', 'superseded')
