-- grain: payer × source of the numbers of claims
-- inputs: mart.claim_volume, scope
-- rule: the window; every month and payer comes from one source, the best there is
SELECT
    v.payer,
    v.source,
    MIN(v.claim_month) AS first_month,
    MAX(v.claim_month) AS last_month,
    COUNT(DISTINCT v.claim_month) AS months,
    CAST(SUM(v.claims) AS BIGINT) AS claims,
    COUNT(v.resubmissions) = COUNT(*) AS tells_resubmissions
FROM mart.claim_volume AS v
INNER JOIN scope AS s ON v.institution = s.institution
WHERE v.claim_month BETWEEN s.first_month AND s.month
GROUP BY v.payer, v.source
ORDER BY v.payer DESC, last_month DESC, v.source
