-- checks.chart_number_known
-- grain: return
-- inputs: checked_returns
-- rule: カルテ番号 is there
SELECT
    payer,
    name,
    return_id,
    processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN chart_number IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns
