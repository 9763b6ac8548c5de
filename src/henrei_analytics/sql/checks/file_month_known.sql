-- checks.file_month_known
-- grain: file of the payers
-- inputs: checked_files
-- rule: the office's own lists say the month row by row, レセプト訂正内容 not always
SELECT
    name,
    kind,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN month IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_files
WHERE status IN ('loaded', 'superseded')
    AND kind NOT IN ('paper', 'return_list', 'claim_list', 'volumes', 'actions', 'worklist', 'chng')
