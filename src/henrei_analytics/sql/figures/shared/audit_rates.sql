-- grain: institution × month of the window × payer (shaho, kokuho, all) × setting (inpatient, outpatient, all)
-- inputs: mart.claim_volume, mart.files, mart.reported_returns, audit_returns, scope
-- rule: numerator and denominator as in rate_cells, for every institution of the database; only months in
--       which both are known: claims loaded, within the months whose returns are known, no return reported by
--       a payment notice left unloaded; for 'all' with every payer the institution deals with.
WITH claims AS (
    SELECT
        v.institution,
        year(v.claim_month) * 12 + month(v.claim_month) AS month_number,
        v.payer,
        COALESCE(v.setting, 'unknown') AS setting,
        SUM(v.first_claims) AS first_claims
    FROM mart.claim_volume AS v
    CROSS JOIN scope AS s
    WHERE year(v.claim_month) * 12 + month(v.claim_month) BETWEEN s.first_month_number - 2 AND s.month_number
    GROUP BY v.institution, v.claim_month, v.payer, COALESCE(v.setting, 'unknown')
),
returns AS (
    SELECT institution, processing_number AS month_number, payer, setting, COUNT(*) AS returns
    FROM audit_returns
    WHERE in_rate AND in_window
    GROUP BY institution, processing_number, payer, setting
),
months_with_returns AS (
    SELECT f.institution, year(f.month) * 12 + month(f.month) AS month_number
    FROM mart.files AS f
    CROSS JOIN scope AS s
    WHERE f.status IN ('loaded', 'superseded')
        AND f.kind IN ('hen', 'henr', 'paper', 'return_list')
        AND year(f.month) * 12 + month(f.month) < s.as_of_month_number
    UNION ALL
    SELECT institution, processing_number
    FROM audit_returns
    WHERE stage = 'first_review'
),
spans AS (
    SELECT institution, MIN(month_number) AS first_number, MAX(month_number) AS last_number
    FROM months_with_returns
    GROUP BY institution
),
not_downloaded AS (
    SELECT DISTINCT
        institution,
        year(processing_month) * 12 + month(processing_month) AS month_number,
        payer
    FROM mart.reported_returns
    WHERE stage = 'first_review' AND return_id IS NULL
),
dealt_with AS (
    SELECT institution, COUNT(*) AS payers
    FROM (
        SELECT institution, payer FROM claims
        UNION
        SELECT institution, payer FROM returns
    ) AS p
    GROUP BY institution
),
known AS (
    SELECT DISTINCT c.institution, c.month_number, c.payer
    FROM claims AS c
    CROSS JOIN scope AS s
    INNER JOIN spans AS k
        ON c.institution = k.institution AND c.month_number BETWEEN k.first_number AND k.last_number
    LEFT JOIN not_downloaded AS u
        ON c.institution = u.institution AND c.month_number = u.month_number AND c.payer = u.payer
    WHERE c.month_number >= s.first_month_number AND u.payer IS NULL
),
known_for_all AS (
    SELECT k.institution, k.month_number
    FROM known AS k
    INNER JOIN dealt_with AS d ON k.institution = d.institution
    ANTI JOIN not_downloaded AS u ON k.institution = u.institution AND k.month_number = u.month_number
    GROUP BY k.institution, k.month_number, d.payers
    HAVING COUNT(*) = d.payers
),
counted AS (
    SELECT institution, month_number, payer, setting, first_claims, 0 AS returns FROM claims
    UNION ALL
    SELECT institution, month_number, payer, setting, 0 AS first_claims, returns FROM returns
),
by_payer AS (
    SELECT c.* FROM counted AS c
    INNER JOIN known AS k
        ON c.institution = k.institution AND c.month_number = k.month_number AND c.payer = k.payer
    UNION ALL
    SELECT c.institution, c.month_number, 'all' AS payer, c.setting, c.first_claims, c.returns
    FROM counted AS c
    INNER JOIN known_for_all AS k ON c.institution = k.institution AND c.month_number = k.month_number
)
SELECT
    institution,
    month_number,
    payer,
    COALESCE(setting, 'all') AS setting,
    CAST(SUM(returns) AS BIGINT) AS numerator,
    CAST(SUM(first_claims) AS BIGINT) AS denominator
FROM by_payer
GROUP BY GROUPING SETS ((institution, month_number, payer, setting), (institution, month_number, payer))
