-- core.previous_returns
-- grain: one return that has an earlier return of the same receipt before it
-- inputs: core.returns, core.claims, ledger.history_receipts
-- rule: a re-claim that comes back carries a new 検索番号. The older number stands in the history block; else in the
--       re-claim that came back; else the latest earlier return of the same service month, patient and claim type is
--       the one. Every return has at most one successor.
WITH older_numbers AS (
    SELECT DISTINCT returns.return_id, history.search_number
    FROM core.returns AS returns
    INNER JOIN ledger.history_receipts AS history
        ON history.file_no = returns.file_no AND history.receipt_no = returns.receipt_no
    WHERE returns.source IN ('hen', 'sah')
        AND history.search_number IS NOT NULL
        AND history.search_number <> returns.search_number
),
reclaimed_numbers AS (
    SELECT DISTINCT returns.return_id, COALESCE(returns.claimed_with, claims.search_number) AS search_number
    FROM core.returns AS returns
    LEFT JOIN core.claims AS claims
        ON claims.institution = returns.institution
        AND claims.payer = returns.payer
        AND claims.claim_month = returns.processing_month
        AND claims.service_month = returns.service_month
        AND claims.patient_key = returns.patient_key
        AND claims.claim_type = returns.claim_type
        AND claims.is_resubmission
    WHERE returns.stage = 'first_review'
),
candidates AS (
    SELECT
        later.return_id, earlier.return_id AS previous_return_id, 1 AS certainty, 'history' AS link_rule,
        later.processing_month, earlier.processing_month AS previous_month
    FROM older_numbers
    INNER JOIN core.returns AS later ON later.return_id = older_numbers.return_id
    INNER JOIN core.returns AS earlier
        ON earlier.institution = later.institution
        AND earlier.search_number = older_numbers.search_number
        AND earlier.processing_month < later.processing_month
    UNION ALL
    SELECT later.return_id, earlier.return_id, 2, 'reclaim', later.processing_month, earlier.processing_month
    FROM reclaimed_numbers
    INNER JOIN core.returns AS later ON later.return_id = reclaimed_numbers.return_id
    INNER JOIN core.returns AS earlier
        ON earlier.institution = later.institution
        AND earlier.search_number = reclaimed_numbers.search_number
        AND earlier.processing_month < later.processing_month
    UNION ALL
    SELECT later.return_id, earlier.return_id, 3, 'patient', later.processing_month, earlier.processing_month
    FROM core.returns AS later
    INNER JOIN core.returns AS earlier
        ON earlier.institution = later.institution
        AND earlier.payer = later.payer
        AND earlier.service_month = later.service_month
        AND earlier.patient_key = later.patient_key
        AND earlier.claim_type = later.claim_type
        AND earlier.processing_month < later.processing_month
),
-- a number names an ancestor, not always the parent: the latest earlier return, then the most certain link, seen
-- from the later one …
best_before AS (
    SELECT
        candidates.*,
        ROW_NUMBER() OVER (
            PARTITION BY return_id ORDER BY previous_month DESC, certainty, previous_return_id
        ) AS place
    FROM candidates
),
-- … and the earliest later one, then the most certain, seen from the earlier return
best_after AS (
    SELECT
        best_before.*,
        ROW_NUMBER() OVER (
            PARTITION BY previous_return_id ORDER BY processing_month, certainty, return_id
        ) AS place_after
    FROM best_before
    WHERE place = 1
)
SELECT return_id, previous_return_id, link_rule
FROM best_after
WHERE place_after = 1
