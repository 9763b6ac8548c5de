-- checks.reclaim_once
-- grain: claim that answers a return
-- inputs: checked_returns, checked_claims, mart.duplicate_reclaims
-- rule: a return is re-claimed once
WITH answers AS (
    SELECT reclaim_id AS claim_id, 0 AS is_surplus FROM checked_returns WHERE reclaim_id IS NOT NULL
    UNION
    SELECT claim_id, 1 FROM mart.duplicate_reclaims
)
SELECT
    c.payer,
    c.name,
    c.line_number,
    c.claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(MAX(a.is_surplus) AS BIGINT) AS violating
FROM answers AS a
INNER JOIN checked_claims AS c ON a.claim_id = c.claim_id
GROUP BY c.claim_id, c.payer, c.name, c.line_number, c.claim_month
