-- checks.shared.checked_claims
-- grain: one claimed receipt of the window
-- inputs: mart.claims, mart.files, check_scope
-- rule: name and line_number say where it stands: what a person can look up
WITH names AS (
    SELECT file_id, MIN(name) AS name
    FROM mart.files
    WHERE status <> 'duplicate'
    GROUP BY file_id
)
SELECT
    c.claim_id, c.institution, c.payer, c.claim_month, c.service_month, c.claim_type, c.setting, c.department,
    c.insurer_number, c.law_number, c.points, c.patient_key, c.search_number, c.is_resubmission,
    YEAR(c.claim_month) * 12 + MONTH(c.claim_month) AS claim_number,
    YEAR(c.service_month) * 12 + MONTH(c.service_month) AS service_number,
    n.name,
    TRY_CAST(SPLIT_PART(c.claim_id, '-', 2) AS BIGINT) AS line_number
FROM mart.claims AS c
INNER JOIN check_scope AS s ON c.institution = s.institution
LEFT JOIN names AS n ON c.file_id = n.file_id
WHERE c.claim_month BETWEEN s.first_month AND s.as_of
