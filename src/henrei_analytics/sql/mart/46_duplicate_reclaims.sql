-- mart.duplicate_reclaims
-- grain: one claim that answers a return once more than it should, as of mart.as_of
-- inputs: core.duplicate_reclaims, mart.returns, mart.as_of
-- rule: returned_as: the return it came back as, if it did already
SELECT
    duplicates.return_id,
    duplicates.institution,
    duplicates.payer,
    duplicates.claim_id,
    duplicates.claim_month,
    duplicates.first_claim_id,
    duplicates.first_claim_month,
    duplicates.service_month,
    duplicates.points,
    duplicates.chart_number,
    duplicates.rule,
    returns.return_id AS returned_as
FROM core.duplicate_reclaims AS duplicates
LEFT JOIN mart.returns AS returns ON returns.claim_id = duplicates.claim_id
CROSS JOIN mart.as_of
WHERE YEAR(duplicates.claim_month) * 12 + MONTH(duplicates.claim_month) <= YEAR(as_of) * 12 + MONTH(as_of)
