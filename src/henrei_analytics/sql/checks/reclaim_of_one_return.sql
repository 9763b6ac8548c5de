-- checks.reclaim_of_one_return
-- grain: claim that answers a return
-- inputs: checked_returns
-- rule: one claim answers one return
SELECT
    payer,
    MIN(name) AS name,
    MIN(return_id) AS return_id,
    MIN(processing_month) AS month,
    COUNT(*) AS found_count,
    CAST(1 AS BIGINT) AS wanted_count,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN COUNT(*) > 1 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns
WHERE reclaim_id IS NOT NULL
GROUP BY payer, reclaim_id
