-- mart.adjustment_letters
-- grain: one letter of a payer (増減点事由); B, C and D mean different things for 社保 and 国保
-- inputs: core.adjustment_letters
SELECT payer, letter, label_ja, class_ja
FROM core.adjustment_letters
