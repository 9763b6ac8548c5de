-- checks.law_number_payer
-- grain: claimed receipt whose 法別番号 is known and no 公費
-- inputs: checked_claims, mart.law_numbers
-- rule: 国保 and 後期高齢者 go to 国保連, all others to 支払基金; 公費 may go to either
SELECT
    c.payer,
    c.name,
    c.line_number,
    c.claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(
        CASE
            WHEN c.payer <> CASE WHEN k.class_ja IN ('国保', '後期高齢者') THEN 'kokuho' ELSE 'shaho' END THEN 1
            ELSE 0
        END AS BIGINT
    ) AS violating
FROM checked_claims AS c
INNER JOIN mart.law_numbers AS k ON c.law_number = k.law_number
WHERE k.class_ja <> '公費'
