-- mart.journey_events
-- grain: one event in the journey of a returned receipt, in order
-- inputs: mart.returns, core.claims, core.return_claims
-- rule: claimed (the claim that first came back), then for each round returned and what followed it: resubmitted,
--       settled, written_off, lapsed. `claimed` is left out where no claim file tells of it.
WITH claims AS (
    SELECT claim_id, claim_month, payer, points FROM core.claims
),
events AS (
    SELECT
        returns.journey_id, 0 AS round, 1 AS step, 'claimed' AS event, claims.claim_month AS month, claims.payer,
        claims.points, returns.return_id, claims.claim_id, return_claims.link_rule
    FROM mart.returns AS returns
    INNER JOIN core.return_claims AS return_claims ON return_claims.return_id = returns.return_id
    INNER JOIN claims ON claims.claim_id = return_claims.claim_id
    WHERE returns.round = 1
    UNION ALL
    SELECT journey_id, round, 2, 'returned', received_month, payer, points, return_id, claim_id, NULL
    FROM mart.returns
    UNION ALL
    SELECT
        returns.journey_id, returns.round, 3, 'resubmitted', returns.resubmitted_month, returns.resubmitted_payer,
        COALESCE(claims.points, returns.points), returns.return_id, returns.reclaim_id, returns.link_rule
    FROM mart.returns AS returns
    LEFT JOIN claims ON claims.claim_id = returns.reclaim_id
    WHERE returns.resubmitted_month IS NOT NULL
    UNION ALL
    SELECT
        returns.journey_id, returns.round, 4, returns.status,
        COALESCE(returns.settled_month, CAST(DATE_TRUNC('month', returns.ended_on) AS DATE)),
        COALESCE(returns.resubmitted_payer, returns.payer), COALESCE(claims.points, returns.points),
        returns.return_id, returns.reclaim_id, COALESCE(returns.settled_by, returns.status)
    FROM mart.returns AS returns
    LEFT JOIN claims ON claims.claim_id = returns.reclaim_id
    WHERE returns.status IN ('settled', 'written_off', 'lapsed')
)
SELECT
    journey_id,
    ROW_NUMBER() OVER (PARTITION BY journey_id ORDER BY round, step) AS position,
    event,
    month,
    payer,
    points,
    return_id,
    claim_id,
    link_rule
FROM events
