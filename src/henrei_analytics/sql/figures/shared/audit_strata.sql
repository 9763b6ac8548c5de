-- grain: institution × payer × setting × insurer class
-- inputs: mart.claims, mart.law_numbers, audit_rates, audit_returns
-- rule: first-round first-review returns and first claims of the window, in months for which the payer's
--       claims, one by one (a count alone tells no insurers), and its returns are known
WITH listed AS (
    SELECT DISTINCT
        institution,
        year(claim_month) * 12 + month(claim_month) AS month_number,
        payer
    FROM mart.claims
),
known AS (
    SELECT r.institution, r.month_number, r.payer
    FROM audit_rates AS r
    INNER JOIN listed AS l
        ON r.institution = l.institution AND r.month_number = l.month_number AND r.payer = l.payer
    WHERE r.setting = 'all'
),
counted AS (
    SELECT
        c.institution,
        c.payer,
        COALESCE(c.setting, 'unknown') AS setting,
        c.law_number,
        0 AS numerator,
        COUNT(*) AS denominator
    FROM mart.claims AS c
    INNER JOIN known AS k
        ON c.institution = k.institution
        AND year(c.claim_month) * 12 + month(c.claim_month) = k.month_number
        AND c.payer = k.payer
    WHERE c.is_resubmission IS NOT TRUE
    GROUP BY c.institution, c.payer, COALESCE(c.setting, 'unknown'), c.law_number
    UNION ALL
    SELECT r.institution, r.payer, r.setting, r.law_number, COUNT(*) AS numerator, 0 AS denominator
    FROM audit_returns AS r
    INNER JOIN known AS k
        ON r.institution = k.institution AND r.processing_number = k.month_number AND r.payer = k.payer
    WHERE r.in_rate AND r.in_window
    GROUP BY r.institution, r.payer, r.setting, r.law_number
)
SELECT
    c.institution,
    c.payer,
    c.setting,
    COALESCE(l.class_ja, 'その他') AS insurer_class,
    CAST(SUM(c.numerator) AS BIGINT) AS numerator,
    CAST(SUM(c.denominator) AS BIGINT) AS denominator
FROM counted AS c
LEFT JOIN mart.law_numbers AS l ON c.law_number = l.law_number
GROUP BY c.institution, c.payer, c.setting, COALESCE(l.class_ja, 'その他')
