-- mart.worklist
-- grain: one return that is open as of mart.as_of
-- inputs: mart.work_items
SELECT * EXCLUDE (search_number, status)
FROM mart.work_items
WHERE status = 'open'
