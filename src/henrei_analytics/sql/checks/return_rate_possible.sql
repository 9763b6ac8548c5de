-- checks.return_rate_possible
-- grain: payer × month with first claims and first-round first-review returns
-- inputs: checked_returns, checked_volumes
-- rule: not more than one first claim in five came back; under 20 returns nothing can be said
WITH returned AS (
    SELECT payer, processing_month AS month, COUNT(*) AS returns
    FROM checked_returns
    WHERE stage = 'first_review' AND round = 1
    GROUP BY payer, processing_month
)
SELECT
    v.payer,
    v.month,
    COALESCE(r.returns, 0) AS found_count,
    v.first_claims AS number,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN r.returns >= 20 AND r.returns * 5 > v.first_claims THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_volumes AS v
LEFT JOIN returned AS r ON v.payer = r.payer AND v.month = r.month
