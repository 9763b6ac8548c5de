-- grain: payer × setting × insurer class of the institution
-- inputs: audit_strata, scope
-- rule: its share of the claims and its rate, beside those of all institutions together
WITH together AS (
    SELECT
        a.*,
        SUM(a.numerator) OVER (PARTITION BY a.payer, a.setting, a.insurer_class) AS numerator_all,
        SUM(a.denominator) OVER (PARTITION BY a.payer, a.setting, a.insurer_class) AS denominator_all,
        SUM(a.denominator) OVER (PARTITION BY a.institution) AS claims,
        SUM(a.denominator) OVER () AS claims_all
    FROM audit_strata AS a
)
SELECT
    t.payer,
    t.setting,
    t.insurer_class,
    t.numerator,
    t.denominator,
    CAST(t.denominator AS DOUBLE) / NULLIF(t.claims, 0) AS share,
    CAST(t.denominator_all AS DOUBLE) / NULLIF(t.claims_all, 0) AS share_all,
    CAST(t.numerator_all AS DOUBLE) / NULLIF(t.denominator_all, 0) AS rate_all,
    t.denominator * (CAST(t.numerator_all AS DOUBLE) / NULLIF(t.denominator_all, 0)) AS expected
FROM together AS t
INNER JOIN scope AS s ON t.institution = s.institution
ORDER BY t.denominator DESC, t.payer DESC, t.setting, t.insurer_class
