-- mart.claim_volume
-- grain: one institution, payer, claim month and setting
-- inputs: core.claims
-- rule: receipts, not the payer lines that GO counts
SELECT
    institution,
    payer,
    claim_month,
    setting,
    COUNT(*) AS claims,
    COUNT(*) FILTER (WHERE NOT is_resubmission) AS first_claims,
    COUNT(*) FILTER (WHERE is_resubmission) AS resubmissions,
    CAST(SUM(points) AS BIGINT) AS points,
    'uke' AS source
FROM core.claims
GROUP BY institution, payer, claim_month, setting
