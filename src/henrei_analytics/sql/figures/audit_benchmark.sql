-- grain: payer (shaho, kokuho, all) × setting (inpatient, outpatient, all) with a claim
-- inputs: audit_rates, scope
-- rule: the institution's own rate over the known months of the window, for what a benchmark file is held against
WITH months AS (
    SELECT institution, payer, COUNT(*) AS months_complete
    FROM audit_rates
    WHERE setting = 'all'
    GROUP BY institution, payer
)
SELECT
    'return_rate' AS metric,
    r.payer,
    r.setting,
    m.months_complete,
    CAST(SUM(r.numerator) AS BIGINT) AS numerator,
    CAST(SUM(r.denominator) AS BIGINT) AS denominator
FROM audit_rates AS r
INNER JOIN scope AS s ON r.institution = s.institution
INNER JOIN months AS m ON r.institution = m.institution AND r.payer = m.payer
WHERE r.setting <> 'unknown'
GROUP BY r.payer, r.setting, m.months_complete
HAVING SUM(r.denominator) > 0
ORDER BY CASE r.payer WHEN 'shaho' THEN 1 WHEN 'kokuho' THEN 2 ELSE 3 END, r.setting
