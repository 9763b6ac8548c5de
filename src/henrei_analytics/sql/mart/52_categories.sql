-- mart.categories
-- grain: one category of the taxonomy
-- inputs: core.categories
SELECT CAST(position AS INTEGER) AS position, category, meaning_ja, first_look_ja
FROM core.categories
