-- grain: institution with claims listed one by one
-- inputs: audit_offices, audit_strata
-- rule: expected = claims of each stratum (payer × setting × insurer class) × the rate of that stratum over all
--       institutions together (indirect standardisation)
WITH pooled AS (
    SELECT
        institution,
        numerator,
        denominator,
        CAST(SUM(numerator) OVER (PARTITION BY payer, setting, insurer_class) AS DOUBLE)
        / NULLIF(SUM(denominator) OVER (PARTITION BY payer, setting, insurer_class), 0) AS pooled_rate
    FROM audit_strata
)
SELECT
    o.office,
    o.institution,
    o.is_own,
    CAST(SUM(p.numerator) AS BIGINT) AS numerator,
    CAST(SUM(p.denominator) AS BIGINT) AS denominator,
    SUM(p.denominator * p.pooled_rate) AS expected
FROM pooled AS p
INNER JOIN audit_offices AS o ON p.institution = o.institution
-- Returns without any claim of their kind: the claims are incomplete there.
WHERE p.denominator > 0
GROUP BY o.office, o.institution, o.is_own
ORDER BY o.is_own DESC, o.office, o.institution
