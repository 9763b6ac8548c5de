-- grain: payer × insurer_number × law_number
-- inputs: mart.claims, known_returns, rate_cells, scope
-- rule: returns of the window, all rounds and stages; numerator (first-round first-review returns)
--       and denominator (first claims) only in months for which the payer's claims, one by one
--       (a count alone tells no insurers), and the returns are loaded
WITH claims_by_insurer AS (
    SELECT DISTINCT c.claim_month, c.payer
    FROM mart.claims AS c
    INNER JOIN scope AS s ON c.institution = s.institution
),
months_known AS (
    SELECT r.month, r.payer
    FROM rate_cells AS r
    INNER JOIN claims_by_insurer AS c ON r.month = c.claim_month AND r.payer = c.payer
    WHERE r.setting = 'all' AND r.payer <> 'all' AND r.denominator IS NOT NULL AND r.numerator IS NOT NULL
),
returns AS (
    SELECT
        r.payer,
        r.insurer_number,
        r.law_number,
        COUNT(*) AS returns,
        COUNT(*) FILTER (WHERE r.in_month) AS returns_month,
        SUM(r.points) AS points,
        COUNT(*) FILTER (WHERE r.in_rate AND k.payer IS NOT NULL) AS numerator,
        0 AS denominator
    FROM known_returns AS r
    LEFT JOIN months_known AS k ON r.processing_month = k.month AND r.payer = k.payer
    WHERE r.in_window
    GROUP BY r.payer, r.insurer_number, r.law_number
),
claims AS (
    SELECT
        c.payer,
        COALESCE(c.insurer_number, '不明') AS insurer_number,
        COALESCE(c.law_number, '不明') AS law_number,
        0 AS returns,
        0 AS returns_month,
        0 AS points,
        0 AS numerator,
        COUNT(*) AS denominator
    FROM mart.claims AS c
    INNER JOIN scope AS s ON c.institution = s.institution
    INNER JOIN months_known AS k ON c.claim_month = k.month AND c.payer = k.payer
    WHERE c.is_resubmission IS NOT TRUE
    GROUP BY c.payer, COALESCE(c.insurer_number, '不明'), COALESCE(c.law_number, '不明')
),
together AS (
    SELECT * FROM returns
    UNION ALL
    SELECT * FROM claims
)
SELECT
    payer,
    insurer_number,
    law_number,
    CAST(SUM(returns) AS BIGINT) AS returns,
    CAST(SUM(returns_month) AS BIGINT) AS returns_month,
    CAST(SUM(points) AS BIGINT) AS points,
    CAST(SUM(numerator) AS BIGINT) AS numerator,
    CAST(SUM(denominator) AS BIGINT) AS denominator
FROM together
GROUP BY payer, insurer_number, law_number
