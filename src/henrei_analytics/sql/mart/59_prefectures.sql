-- mart.prefectures
-- grain: one prefecture
-- inputs: core.prefectures
-- rule: the two digits an institution's code and an insurer's number carry
SELECT code AS prefecture, name_ja AS label_ja
FROM core.prefectures
