-- checks.shared.checked_volumes
-- grain: payer × claim month
-- inputs: mart.claim_volume, check_scope
-- rule: claims of both settings together
SELECT
    v.payer,
    v.claim_month AS month,
    YEAR(v.claim_month) * 12 + MONTH(v.claim_month) AS month_number,
    CAST(SUM(v.claims) AS BIGINT) AS claims,
    CAST(SUM(v.first_claims) AS BIGINT) AS first_claims
FROM mart.claim_volume AS v
INNER JOIN check_scope AS s ON v.institution = s.institution
WHERE v.claim_month BETWEEN s.first_month AND s.as_of
GROUP BY v.payer, v.claim_month
