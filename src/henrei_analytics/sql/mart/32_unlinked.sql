-- mart.unlinked
-- grain: one fact that could not be tied to another
-- inputs: core.claims, core.resubmissions, core.returns
-- rule: a re-claim whose return is not known (its return file was not loaded), unless another claim of the same
--       number answered that return already
SELECT
    'resubmission_without_return' AS what,
    claims.institution,
    claims.payer,
    claims.claim_month AS month,
    claims.search_number,
    claims.claim_id
FROM core.claims AS claims
LEFT JOIN core.returns AS returns
    ON returns.institution = claims.institution
    AND returns.payer = claims.payer
    AND returns.search_number = claims.search_number
WHERE claims.is_resubmission AND returns.return_id IS NULL
