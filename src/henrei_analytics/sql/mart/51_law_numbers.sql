-- mart.law_numbers
-- grain: one 法別番号
-- inputs: core.law_numbers
SELECT law_number, MIN(label_ja) AS label_ja
FROM core.law_numbers
GROUP BY law_number
