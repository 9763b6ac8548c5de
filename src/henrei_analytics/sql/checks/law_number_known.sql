-- checks.law_number_known
-- grain: 法別番号 × payer; counted in claims
-- inputs: checked_claims, mart.law_numbers
-- rule: in the table of 法別番号; 40 to 49 and 80 to 98 are 公費 of a prefecture and mean something else in each
SELECT
    c.payer,
    c.law_number,
    MAX(c.claim_month) AS month,
    COUNT(*) AS checked,
    CASE
        WHEN MIN(k.law_number) IS NULL AND TRY_CAST(c.law_number AS INTEGER) NOT BETWEEN 40 AND 49
            AND TRY_CAST(c.law_number AS INTEGER) NOT BETWEEN 80 AND 98
            THEN COUNT(*)
        ELSE 0
    END AS violating
FROM checked_claims AS c
LEFT JOIN mart.law_numbers AS k ON c.law_number = k.law_number
WHERE c.law_number IS NOT NULL
GROUP BY c.payer, c.law_number
