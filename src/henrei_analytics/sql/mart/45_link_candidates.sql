-- mart.link_candidates
-- grain: one pair of a return without a known re-claim and a claim that may be it, left unlinked, as of mart.as_of
-- inputs: core.reclaim_candidates, core.reclaims, core.duplicate_reclaims, mart.returns, mart.as_of
-- rule: too_weak: the same person and month, but neither insurer nor points and days agree; several_claims /
--       several_returns: equally good pairs, of which none is chosen; other: its better half went to another pair
WITH left_over AS (
    SELECT candidates.*
    FROM core.reclaim_candidates AS candidates
    INNER JOIN mart.returns AS returns
        ON returns.return_id = candidates.return_id AND returns.resubmitted_month IS NULL
    CROSS JOIN mart.as_of
    WHERE YEAR(candidates.claim_month) * 12 + MONTH(candidates.claim_month) <= YEAR(as_of) * 12 + MONTH(as_of)
        AND candidates.claim_id NOT IN (SELECT claim_id FROM core.reclaims)
        AND candidates.claim_id NOT IN (SELECT claim_id FROM core.duplicate_reclaims)
),
counted AS (
    SELECT
        left_over.*,
        COUNT(*) FILTER (WHERE is_strong) OVER (PARTITION BY return_id, pass, agreements, claim_month) AS equal_claims,
        COUNT(*) FILTER (WHERE is_strong) OVER (PARTITION BY claim_id, pass, agreements, received_month) AS equal_returns
    FROM left_over
)
SELECT
    return_id,
    claim_id,
    link_rule AS rule,
    claim_month,
    same_insurer,
    same_points,
    same_days,
    CASE
        WHEN NOT is_strong THEN 'too_weak'
        WHEN equal_claims > 1 THEN 'several_claims'
        WHEN equal_returns > 1 THEN 'several_returns'
        ELSE 'other'
    END AS why
FROM counted
