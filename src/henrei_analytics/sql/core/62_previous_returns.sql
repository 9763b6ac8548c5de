-- core.previous_returns
-- grain: one return that has an earlier return of the same receipt before it
-- inputs: core.returns, core.history_numbers, core.return_claims, core.reclaims
-- rule: a re-claim that comes back carries a new 検索番号. The older number stands in the history block; else the claim
--       that came back is the re-claim of an earlier return; else, where no claim file tells otherwise, the latest
--       earlier return of the same month of care, patient and claim type, or カルテ番号, setting, points and days is
--       the one. Every return has at most one successor.
WITH candidates AS (
    SELECT
        later.return_id, earlier.return_id AS previous_return_id, 1 AS certainty, 'history' AS link_rule,
        later.processing_month, earlier.processing_month AS previous_month
    FROM core.history_numbers AS history
    INNER JOIN core.returns AS later
        ON later.file_no = history.file_no AND later.receipt_no = history.receipt_no
    INNER JOIN core.returns AS earlier
        ON earlier.institution = later.institution
        AND earlier.payer = later.payer
        AND earlier.search_number = history.search_number
        AND earlier.processing_month < later.processing_month
    WHERE later.source IN ('hen', 'sah')
    UNION ALL
    SELECT later.return_id, earlier.return_id, 2, 'reclaim', later.processing_month, earlier.processing_month
    FROM core.return_claims AS return_claims
    INNER JOIN core.reclaims AS reclaims ON reclaims.claim_id = return_claims.claim_id
    INNER JOIN core.returns AS later ON later.return_id = return_claims.return_id
    INNER JOIN core.returns AS earlier ON earlier.return_id = reclaims.return_id
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
    UNION ALL
    SELECT later.return_id, earlier.return_id, 4, 'chart', later.processing_month, earlier.processing_month
    FROM core.returns AS later
    INNER JOIN core.returns AS earlier
        ON earlier.institution = later.institution
        AND earlier.service_month = later.service_month
        AND earlier.chart_key = later.chart_key
        AND earlier.setting = later.setting
        AND earlier.points = later.points
        AND COALESCE(earlier.days = later.days, TRUE)
        AND earlier.processing_month < later.processing_month
),
-- a person's returns are no chain when the claims say otherwise
told_apart AS (
    SELECT candidates.return_id, candidates.previous_return_id
    FROM candidates
    INNER JOIN core.return_claims AS return_claims ON return_claims.return_id = candidates.return_id
    INNER JOIN core.reclaims AS reclaims ON reclaims.return_id = candidates.previous_return_id
    WHERE candidates.certainty > 2 AND reclaims.claim_id <> return_claims.claim_id
),
possible AS (
    SELECT candidates.*
    FROM candidates
    ANTI JOIN told_apart
        ON told_apart.return_id = candidates.return_id
        AND told_apart.previous_return_id = candidates.previous_return_id
),
-- a number names an ancestor, not always the parent: the latest earlier return, then the most certain link, seen
-- from the later one …
best_before AS (
    SELECT
        possible.*,
        ROW_NUMBER() OVER (
            PARTITION BY return_id ORDER BY previous_month DESC, certainty, previous_return_id
        ) AS place
    FROM possible
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
