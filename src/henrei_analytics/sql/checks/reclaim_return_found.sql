-- checks.reclaim_return_found
-- grain: re-claim made at least 6 months after the first return arrived
-- inputs: checked_claims, mart.returns, mart.unlinked, check_scope
-- rule: its return is known. Earlier ones answer returns from before the first file, which nobody can know
WITH known_from AS (
    SELECT MIN(YEAR(r.received_month) * 12 + MONTH(r.received_month)) + 6 AS month_number
    FROM mart.returns AS r
    INNER JOIN check_scope AS s ON r.institution = s.institution
),
lost AS (
    SELECT DISTINCT claim_id FROM mart.unlinked WHERE what = 'resubmission_without_return' AND claim_id IS NOT NULL
)
SELECT
    c.payer,
    c.name,
    c.line_number,
    c.claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN l.claim_id IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM checked_claims AS c
INNER JOIN known_from AS k ON c.claim_number >= k.month_number
LEFT JOIN lost AS l ON c.claim_id = l.claim_id
WHERE c.is_resubmission
