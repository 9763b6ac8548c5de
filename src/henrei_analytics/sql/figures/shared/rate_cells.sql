-- grain: month of the window × payer (shaho, kokuho, all) × setting (inpatient, outpatient, all)
-- inputs: mart.claim_volume, known_returns, not_loaded, return_span, scope, scope_months
-- rule: numerator = first-round first-review returns with processing_month M; denominator = first
--       claims with claim_month M. The denominator is NULL where the payer has no claims that month,
--       and for 'all' where a payer the institution deals with has none; the numerator is NULL
--       outside the months whose returns are known, and where a payment notice reports returns,
--       on paper or not, that are not loaded: never a guess.
--       denominator_3month = mean of M-2 .. M, NULL unless all three are known.
WITH claims AS (
    SELECT
        year(v.claim_month) * 12 + month(v.claim_month) AS month_number,
        v.payer,
        COALESCE(v.setting, 'unknown') AS setting,
        SUM(v.first_claims) AS first_claims
    FROM mart.claim_volume AS v
    INNER JOIN scope AS s ON v.institution = s.institution
    WHERE year(v.claim_month) * 12 + month(v.claim_month)
        BETWEEN s.first_month_number - 2 AND s.month_number
    GROUP BY v.claim_month, v.payer, COALESCE(v.setting, 'unknown')
),
returns AS (
    SELECT processing_number AS month_number, payer, setting, COUNT(*) AS returns
    FROM known_returns
    WHERE in_rate AND in_window
    GROUP BY processing_number, payer, setting
),
returns_unknown AS (
    SELECT month_number, payer FROM not_loaded
    UNION
    SELECT month_number, 'all' AS payer FROM not_loaded
),
payers_dealt_with AS (
    SELECT payer FROM claims
    UNION
    SELECT payer FROM returns
),
months_known AS (
    SELECT DISTINCT month_number, payer FROM claims
    UNION ALL
    SELECT month_number, 'all' AS payer
    FROM claims
    GROUP BY month_number
    HAVING COUNT(DISTINCT payer) = (SELECT COUNT(*) FROM payers_dealt_with)
),
claims_by_level AS (
    SELECT
        month_number,
        COALESCE(payer, 'all') AS payer,
        COALESCE(setting, 'all') AS setting,
        SUM(first_claims) AS first_claims
    FROM claims
    GROUP BY GROUPING SETS (
        (month_number, payer, setting),
        (month_number, payer),
        (month_number, setting),
        (month_number)
    )
),
returns_by_level AS (
    SELECT
        month_number,
        COALESCE(payer, 'all') AS payer,
        COALESCE(setting, 'all') AS setting,
        SUM(returns) AS returns
    FROM returns
    GROUP BY GROUPING SETS (
        (month_number, payer, setting),
        (month_number, payer),
        (month_number, setting),
        (month_number)
    )
),
denominators AS (
    SELECT
        k.month_number,
        k.payer,
        l.setting,
        COALESCE(c.first_claims, 0) AS first_claims
    FROM months_known AS k
    CROSS JOIN (VALUES ('inpatient'), ('outpatient'), ('all')) AS l (setting)
    LEFT JOIN claims_by_level AS c
        ON k.month_number = c.month_number AND k.payer = c.payer AND l.setting = c.setting
),
three_month_means AS (
    SELECT
        m.month_number,
        d.payer,
        d.setting,
        CAST(SUM(d.first_claims) AS DOUBLE) / 3 AS first_claims
    FROM scope_months AS m
    INNER JOIN denominators AS d
        ON d.month_number BETWEEN m.month_number - 2 AND m.month_number
    GROUP BY m.month_number, d.payer, d.setting
    HAVING COUNT(*) = 3
),
cells AS (
    SELECT m.month, m.month_number, p.payer, l.setting
    FROM scope_months AS m
    CROSS JOIN (VALUES ('shaho'), ('kokuho'), ('all')) AS p (payer)
    CROSS JOIN (VALUES ('inpatient'), ('outpatient'), ('all')) AS l (setting)
)
SELECT
    c.month,
    c.month_number,
    c.payer,
    c.setting,
    CASE
        WHEN c.month_number BETWEEN k.first_number AND k.last_number AND u.payer IS NULL
            THEN CAST(COALESCE(r.returns, 0) AS BIGINT)
    END AS numerator,
    CAST(d.first_claims AS BIGINT) AS denominator,
    t.first_claims AS denominator_3month
FROM cells AS c
CROSS JOIN return_span AS k
LEFT JOIN returns_unknown AS u ON c.month_number = u.month_number AND c.payer = u.payer
LEFT JOIN returns_by_level AS r
    ON c.month_number = r.month_number AND c.payer = r.payer AND c.setting = r.setting
LEFT JOIN denominators AS d
    ON c.month_number = d.month_number AND c.payer = d.payer AND c.setting = d.setting
LEFT JOIN three_month_means AS t
    ON c.month_number = t.month_number AND c.payer = t.payer AND c.setting = t.setting
