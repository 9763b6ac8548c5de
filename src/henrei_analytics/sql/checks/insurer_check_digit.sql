-- checks.insurer_check_digit
-- grain: insurer × payer; counted in claims
-- inputs: checked_claims
-- rule: 検証番号: from the right, the digits before the last times 2, 1, 2, 1 …; digits of the products are added; what is
--       missing to the next ten is the last digit. Six digits are padded with zeros, which add nothing. month: the newest
--       claim to that number
WITH numbers AS (
    SELECT
        insurer_number,
        payer,
        COUNT(*) AS claims,
        MAX(claim_month) AS month,
        LPAD(insurer_number, 8, '0') AS digits
    FROM checked_claims
    WHERE LENGTH(insurer_number) IN (6, 8) AND TRY_CAST(insurer_number AS BIGINT) IS NOT NULL
    GROUP BY insurer_number, payer
),
places AS (
    SELECT
        numbers.insurer_number,
        numbers.payer,
        place,
        CAST(SUBSTR(numbers.digits, place, 1) AS INTEGER) * CASE WHEN place % 2 = 1 THEN 2 ELSE 1 END AS product
    FROM numbers
    CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7)) AS all_places (place)
),
sums AS (
    SELECT insurer_number, payer, SUM(CASE WHEN product > 9 THEN product - 9 ELSE product END) AS total
    FROM places
    GROUP BY insurer_number, payer
)
SELECT
    n.payer,
    n.insurer_number,
    n.month,
    CAST(n.claims AS BIGINT) AS checked,
    CAST(
        CASE WHEN (10 - s.total % 10) % 10 <> CAST(SUBSTR(n.digits, 8, 1) AS INTEGER) THEN n.claims ELSE 0 END AS BIGINT
    ) AS violating
FROM numbers AS n
INNER JOIN sums AS s ON n.insurer_number = s.insurer_number AND n.payer = s.payer
