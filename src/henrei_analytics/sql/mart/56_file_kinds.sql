-- mart.file_kinds
-- grain: one kind of file
-- inputs: core.file_kinds
-- rule: basis: the month a file is of (claim month or processing month); expected: whether a month without one is a gap
SELECT CAST(position AS INTEGER) AS position, kind, family, basis, expected, downloads = 'yes' AS is_downloaded
FROM core.file_kinds
