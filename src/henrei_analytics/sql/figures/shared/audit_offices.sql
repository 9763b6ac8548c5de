-- grain: institution with a claim or a return in the database
-- inputs: mart.claim_volume, mart.institutions, mart.returns, scope
-- rule: office = its name, with the number behind it where two bear the same name or none is known
WITH known AS (
    SELECT institution FROM mart.claim_volume
    UNION
    SELECT institution FROM mart.returns
)
SELECT
    k.institution,
    CASE
        WHEN COUNT(*) OVER (PARTITION BY i.name) > 1 OR i.name IS NULL
            THEN CONCAT(COALESCE(i.name, '名称不明'), ' ', k.institution)
        ELSE i.name
    END AS office,
    k.institution = s.institution AS is_own
FROM known AS k
CROSS JOIN scope AS s
LEFT JOIN mart.institutions AS i ON k.institution = i.institution
WHERE k.institution IS NOT NULL
