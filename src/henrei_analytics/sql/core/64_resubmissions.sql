-- core.resubmissions
-- grain: one return that was re-claimed
-- inputs: core.returns, core.claims, core.reclaims, core.return_claims, core.previous_returns, core.history_numbers,
--         ledger.history_claims
-- rule: the claim that answers it. Without that claim file the next return proves the re-claim: at first review it was
--       claimed in that return's processing month, at re-examination in the claim month its history block gives. A next
--       return that nobody kept is known by its number and month in the history block of a later receipt.
WITH history_months AS (
    SELECT file_no, receipt_no, MAX(claim_month) AS claim_month
    FROM ledger.history_claims
    GROUP BY file_no, receipt_no
),
by_next_return AS (
    SELECT
        links.previous_return_id AS return_id,
        return_claims.claim_id,
        later.payer,
        COALESCE(
            claims.claim_month,
            CASE
                WHEN later.stage = 'first_review' THEN later.processing_month
                WHEN history_months.claim_month >= earlier.received_month THEN history_months.claim_month
            END
        ) AS claim_month,
        1 AS certainty
    FROM core.previous_returns AS links
    INNER JOIN core.returns AS later ON later.return_id = links.return_id
    INNER JOIN core.returns AS earlier ON earlier.return_id = links.previous_return_id
    LEFT JOIN core.return_claims AS return_claims ON return_claims.return_id = later.return_id
    LEFT JOIN core.claims AS claims ON claims.claim_id = return_claims.claim_id
    LEFT JOIN history_months
        ON history_months.file_no = later.file_no AND history_months.receipt_no = later.receipt_no
),
receipts AS (
    SELECT file_no, receipt_no, institution, payer FROM core.claims
    UNION ALL
    SELECT file_no, receipt_no, institution, payer FROM core.returns WHERE source IN ('hen', 'sah')
),
by_unseen_return AS (
    SELECT
        returns.return_id,
        CAST(NULL AS VARCHAR) AS claim_id,
        returns.payer,
        MIN(newer.processing_month) AS claim_month,
        2 AS certainty
    FROM core.history_numbers AS older
    INNER JOIN core.history_numbers AS newer
        ON newer.file_no = older.file_no AND newer.receipt_no = older.receipt_no AND newer.place = older.place - 1
    INNER JOIN receipts ON receipts.file_no = older.file_no AND receipts.receipt_no = older.receipt_no
    INNER JOIN core.returns AS returns
        ON returns.institution = receipts.institution
        AND returns.payer = receipts.payer
        AND returns.search_number = older.search_number
    WHERE newer.return_class BETWEEN 1 AND 3 AND newer.processing_month >= returns.received_month
    GROUP BY returns.return_id, returns.payer
),
proofs AS (
    SELECT return_id, claim_id, payer, claim_month, certainty FROM by_next_return WHERE claim_month IS NOT NULL
    UNION ALL
    SELECT return_id, claim_id, payer, claim_month, certainty FROM by_unseen_return
),
ranked AS (
    SELECT
        proofs.*,
        ROW_NUMBER() OVER (PARTITION BY return_id ORDER BY certainty, claim_month, payer) AS place
    FROM proofs
    WHERE return_id NOT IN (SELECT return_id FROM core.reclaims)
)
SELECT reclaims.return_id, reclaims.claim_id, claims.payer, reclaims.claim_month, reclaims.link_rule
FROM core.reclaims AS reclaims
INNER JOIN core.claims AS claims ON claims.claim_id = reclaims.claim_id
UNION ALL
SELECT return_id, claim_id, payer, claim_month, 'next_return'
FROM ranked
WHERE place = 1
