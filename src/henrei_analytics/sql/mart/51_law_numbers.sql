-- mart.law_numbers
-- grain: one 法別番号
-- inputs: core.law_numbers
-- rule: class_ja is the kind of insurance it belongs to, coarser than its name; NULL where an own row does not say
SELECT law_number, MIN(label_ja) AS label_ja, MIN(class_ja) AS class_ja
FROM core.law_numbers
GROUP BY law_number
