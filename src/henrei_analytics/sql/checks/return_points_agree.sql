-- checks.return_points_agree
-- grain: return whose claim is found
-- inputs: checked_returns, mart.claims
-- rule: the returned receipt bears the points that were claimed
SELECT
    r.payer,
    r.name,
    r.return_id,
    r.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN r.points <> c.points THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_returns AS r
INNER JOIN mart.claims AS c ON r.claim_id = c.claim_id
WHERE r.points IS NOT NULL AND c.points IS NOT NULL
