-- mart.institutions
-- grain: one institution that any readable file belongs to
-- inputs: core.files, core.blocks
-- rule: its newest name, and how many it goes by (spaces are not compared); first and last month with a claim or return (file, notice or own list)
SELECT
    files.institution,
    MAX_BY(files.institution_name, (files.file_time, files.file_id)) FILTER (WHERE files.institution_name IS NOT NULL) AS name,
    MIN(blocks.month) FILTER (WHERE blocks.kind IN ('uke', 'hen', 'sah', 'henr', 'paper', 'return_list', 'claim_list')) AS first_month,
    MAX(blocks.month) FILTER (WHERE blocks.kind IN ('uke', 'hen', 'sah', 'henr', 'paper', 'return_list', 'claim_list')) AS last_month,
    COUNT(DISTINCT REPLACE(REPLACE(files.institution_name, ' ', ''), '　', '')) AS names
FROM core.files AS files
INNER JOIN core.blocks AS blocks ON blocks.file_no = files.file_no
GROUP BY files.institution
