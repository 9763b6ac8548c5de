-- mart.sections
-- grain: one 診療識別
-- inputs: core.sections
SELECT section, label_ja
FROM core.sections
