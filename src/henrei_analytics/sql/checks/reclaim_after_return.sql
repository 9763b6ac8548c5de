-- checks.reclaim_after_return
-- grain: return that was re-claimed
-- inputs: checked_returns
-- rule: a re-claim is made in the month the return arrived or later
SELECT
    payer,
    name,
    return_id,
    processing_month AS month,
    months_to_resubmit AS months,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN months_to_resubmit < 0 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns
WHERE months_to_resubmit IS NOT NULL
