-- mart.journeys
-- grain: one returned receipt, from its first return to where it stands now
-- inputs: mart.returns, core.claims
-- rule: facts of the first return; status of the last. `months` from the first arrival to the last re-claim, NULL while
--       the last return is not re-claimed.
WITH ranked AS (
    SELECT
        returns.*,
        ROW_NUMBER() OVER (PARTITION BY journey_id ORDER BY round DESC) AS place_from_end,
        COUNT(*) OVER (PARTITION BY journey_id) AS rounds
    FROM mart.returns AS returns
),
changes AS (
    SELECT journey_id, BOOL_OR(COALESCE(resubmitted_payer <> payer, FALSE)) AS changed_payer
    FROM mart.returns
    GROUP BY journey_id
)
SELECT
    first_returns.journey_id,
    first_returns.institution,
    first_returns.payer,
    first_returns.service_month,
    first_returns.claim_type,
    first_returns.setting,
    first_returns.department,
    first_returns.patient_key,
    claims.claim_month AS first_claim_month,
    first_returns.received_month AS first_returned_month,
    CAST(first_returns.rounds AS INTEGER) AS rounds,
    last_returns.return_id AS last_return_id,
    last_returns.status,
    first_returns.points,
    last_returns.points AS last_points,
    changes.changed_payer,
    first_returns.main_reason_category AS category,
    CAST(
        YEAR(last_returns.resubmitted_month) * 12 + MONTH(last_returns.resubmitted_month)
        - YEAR(first_returns.received_month) * 12 - MONTH(first_returns.received_month) AS INTEGER
    ) AS months
FROM ranked AS first_returns
INNER JOIN ranked AS last_returns
    ON last_returns.journey_id = first_returns.journey_id AND last_returns.place_from_end = 1
INNER JOIN changes ON changes.journey_id = first_returns.journey_id
LEFT JOIN core.claims AS claims ON claims.claim_id = first_returns.claim_id
WHERE first_returns.round = 1
