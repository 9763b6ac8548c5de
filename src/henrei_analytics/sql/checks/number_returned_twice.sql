-- checks.number_returned_twice
-- grain: return with 検索番号
-- inputs: checked_returns, mart.unlinked, check_scope
-- rule: no number in return files of several months
SELECT
    r.payer,
    r.name,
    r.return_id,
    r.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN u.search_number IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns AS r
CROSS JOIN check_scope AS s
LEFT JOIN mart.unlinked AS u
    ON u.what = 'number_returned_twice'
    AND u.institution = s.institution
    AND u.payer = r.payer
    AND u.search_number = r.search_number
WHERE r.search_number IS NOT NULL
