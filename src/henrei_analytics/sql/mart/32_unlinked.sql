-- mart.unlinked
-- grain: one fact that could not be tied to another
-- inputs: core.claims, core.resubmissions, core.returns, core.return_versions, core.receipts
-- rule: resubmission_without_return: a re-claim that answers no known return (its return file was not loaded, or it
--       was claimed before the return arrived), unless another claim of the same number answers it already.
--       number_returned_twice: one 検索番号 in return files of several months; it counts as one return.
--       search_number_mismatch: RE and HR of one receipt bear different numbers; that of RE is used.
WITH answered AS (
    SELECT DISTINCT returns.institution, returns.payer, returns.search_number
    FROM core.resubmissions AS resubmissions
    INNER JOIN core.returns AS returns ON returns.return_id = resubmissions.return_id
    WHERE resubmissions.claim_id IS NOT NULL
)
SELECT
    'resubmission_without_return' AS what,
    claims.institution,
    claims.payer,
    claims.claim_month AS month,
    claims.search_number,
    claims.claim_id
FROM core.claims AS claims
LEFT JOIN answered
    ON answered.institution = claims.institution
    AND answered.payer = claims.payer
    AND answered.search_number = claims.search_number
WHERE claims.is_resubmission AND answered.search_number IS NULL
UNION ALL
SELECT
    'number_returned_twice' AS what,
    institution,
    payer,
    MAX(month) AS month,
    search_number,
    NULL AS claim_id
FROM core.return_versions
WHERE search_number IS NOT NULL
GROUP BY institution, payer, search_number
HAVING COUNT(DISTINCT month) > 1
UNION ALL
SELECT DISTINCT 'search_number_mismatch', institution, payer, month, search_number, NULL
FROM core.receipts
WHERE has_two_numbers
