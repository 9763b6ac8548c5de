-- mart.link_candidates
-- grain: one pair of a return without a known re-claim and a claim that may be it, left unlinked
-- inputs: core.reclaim_candidates, core.reclaims, core.resubmissions, core.duplicate_reclaims
-- rule: too_weak: the same person and month, but neither insurer nor points and days agree; several_claims /
--       several_returns: equally good pairs, none is chosen
WITH left_over AS (
    SELECT candidates.*
    FROM core.reclaim_candidates AS candidates
    WHERE candidates.return_id NOT IN (SELECT return_id FROM core.resubmissions)
        AND candidates.claim_id NOT IN (SELECT claim_id FROM core.reclaims)
        AND candidates.claim_id NOT IN (SELECT claim_id FROM core.duplicate_reclaims)
)
SELECT
    left_over.return_id,
    left_over.claim_id,
    left_over.link_rule AS rule,
    left_over.claim_month,
    left_over.same_insurer,
    left_over.same_points,
    left_over.same_days,
    CASE
        WHEN NOT left_over.is_strong THEN 'too_weak'
        WHEN COUNT(*) FILTER (WHERE is_strong) OVER (PARTITION BY return_id) > 1 THEN 'several_claims'
        ELSE 'several_returns'
    END AS why
FROM left_over
