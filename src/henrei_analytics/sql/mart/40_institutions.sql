-- mart.institutions
-- grain: one institution that any readable file belongs to
-- inputs: core.files
-- rule: its newest name; first and last month with a claim or return file
SELECT
    institution,
    MAX_BY(institution_name, (file_time, file_id)) FILTER (WHERE institution_name IS NOT NULL) AS name,
    MIN(month) AS first_month,
    MAX(month) AS last_month
FROM core.files
GROUP BY institution
