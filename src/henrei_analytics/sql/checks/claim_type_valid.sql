-- checks.claim_type_valid
-- grain: claimed receipt with レセプト種別
-- inputs: checked_claims
-- rule: the four digits of レセプト種別 as codes/claim_type_digits.csv has them, and the last one agrees with the setting
WITH digits AS (
    SELECT
        checked_claims.*,
        SUBSTR(claim_type, 1, 1) AS fee_table,
        SUBSTR(claim_type, 2, 1) AS scheme,
        SUBSTR(claim_type, 3, 1) AS payers,
        SUBSTR(claim_type, 4, 1) AS person
    FROM checked_claims
    WHERE claim_type IS NOT NULL
)
SELECT
    payer,
    name,
    line_number,
    claim_month AS month,
    CAST(1 AS BIGINT) AS checked,
    CAST(
        CASE
            WHEN LENGTH(claim_type) = 4
                AND fee_table IN ('1', '3', '4', '6')
                AND (
                    (
                        scheme IN ('1', '3', '4')
                        AND payers IN ('1', '2', '3', '4', '5')
                        AND person IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
                    )
                    OR (scheme = '2' AND payers IN ('1', '2', '3', '4') AND person IN ('1', '2'))
                )
                AND (
                    setting IS NULL
                    OR (setting = 'inpatient') = (person IN ('1', '3', '5', '7', '9'))
                )
                THEN 0
            ELSE 1
        END AS BIGINT
    ) AS violating
FROM digits
