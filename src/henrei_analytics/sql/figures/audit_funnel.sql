-- grain: institution × payer (shaho, kokuho) × setting (inpatient, outpatient) with a claim
-- inputs: audit_offices, audit_rates
-- rule: the months of the window in which both returns and claims of the institution are known, also those in
--       which the setting had none
WITH months AS (
    SELECT institution, payer, COUNT(*) AS months_complete
    FROM audit_rates
    WHERE setting = 'all'
    GROUP BY institution, payer
)
SELECT
    o.office,
    o.institution,
    o.is_own,
    r.payer,
    r.setting,
    m.months_complete,
    CAST(SUM(r.numerator) AS BIGINT) AS numerator,
    CAST(SUM(r.denominator) AS BIGINT) AS denominator
FROM audit_rates AS r
INNER JOIN audit_offices AS o ON r.institution = o.institution
INNER JOIN months AS m ON r.institution = m.institution AND r.payer = m.payer
WHERE r.payer <> 'all' AND r.setting IN ('inpatient', 'outpatient')
GROUP BY o.office, o.institution, o.is_own, r.payer, r.setting, m.months_complete
HAVING SUM(r.denominator) > 0
ORDER BY CASE r.payer WHEN 'shaho' THEN 1 ELSE 2 END, r.setting DESC, o.is_own DESC, o.office, o.institution
