-- mart.departments
-- grain: one 診療科 code
-- inputs: core.departments
SELECT department, label_ja
FROM core.departments
