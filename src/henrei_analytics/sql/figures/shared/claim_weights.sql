-- grain: kind of key (patient, insurer, department) × key
-- inputs: mart.claims, scope
-- rule: the share of the window's first claims that have this key: what a return would fall on by chance. No rows where
--       no claims are loaded one by one, and none for people, whom the claims do not name.
WITH first_claims AS (
    SELECT c.patient_key, c.insurer_number, c.department
    FROM mart.claims AS c
    INNER JOIN scope AS s ON c.institution = s.institution
    WHERE c.is_resubmission IS NOT TRUE
        AND year(c.claim_month) * 12 + month(c.claim_month) BETWEEN s.first_month_number AND s.month_number
),
keyed_claims AS (
    SELECT 'patient' AS kind, patient_key AS repeat_key FROM first_claims
    UNION ALL
    SELECT 'insurer' AS kind, insurer_number AS repeat_key FROM first_claims
    UNION ALL
    SELECT 'department' AS kind, department AS repeat_key FROM first_claims
)
SELECT kind, repeat_key, CAST(COUNT(*) AS DOUBLE) / SUM(COUNT(*)) OVER (PARTITION BY kind) AS weight
FROM keyed_claims
WHERE repeat_key IS NOT NULL
GROUP BY kind, repeat_key
