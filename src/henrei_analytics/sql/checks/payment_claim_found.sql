-- checks.payment_claim_found
-- grain: electronic receipt of a 振込額明細, in a month whose claim file is loaded
-- inputs: mart.payments, checked_claims, checked_files, check_scope
-- rule: a claim of that month with its month of care and its points exists
WITH claimed AS (
    SELECT DISTINCT payer, claim_month, service_month, points FROM checked_claims
),
claim_months AS (
    SELECT DISTINCT payer, claim_month FROM checked_claims
)
SELECT
    p.payer,
    p.payment_id,
    p.processing_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN c.payer IS NULL THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM mart.payments AS p
INNER JOIN check_scope AS s ON p.institution = s.institution
INNER JOIN checked_files AS f ON p.file_id = f.file_id AND NOT f.is_paper
INNER JOIN claim_months AS m ON p.payer = m.payer AND p.processing_month = m.claim_month
LEFT JOIN claimed AS c
    ON p.payer = c.payer
    AND p.processing_month = c.claim_month
    AND p.service_month = c.service_month
    AND p.claimed_points = c.points
