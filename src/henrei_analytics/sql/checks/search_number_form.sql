-- checks.search_number_form
-- grain: claim or return with 検索番号
-- inputs: checked_claims, checked_returns
-- rule: 17 to 30 digits
WITH numbers AS (
    SELECT payer, name, line_number, CAST(NULL AS VARCHAR) AS return_id, claim_month AS month, search_number
    FROM checked_claims
    WHERE search_number IS NOT NULL
    UNION ALL
    SELECT payer, name, NULL, return_id, processing_month, search_number
    FROM checked_returns
    WHERE search_number IS NOT NULL
)
SELECT
    payer,
    name,
    line_number,
    return_id,
    month,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN LENGTH(search_number) NOT BETWEEN 17 AND 30 OR LENGTH(TRANSLATE(search_number, '0123456789', '')) > 0 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM numbers
