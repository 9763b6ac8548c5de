-- mart.return_reasons
-- grain: one reason of one return, position 1 first
-- inputs: core.return_reasons
SELECT return_id, CAST(position AS INTEGER) AS position, code_system, code, text, supplement, category, category_source
FROM core.return_reasons
