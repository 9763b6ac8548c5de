-- mart.claim_volume
-- grain: one institution, payer, claim month and setting, from the best source there is
-- inputs: core.claim_volume
-- rule: receipts, not the payer lines that GO counts
SELECT institution, payer, claim_month, setting, claims, first_claims, resubmissions, points, source
FROM core.claim_volume
