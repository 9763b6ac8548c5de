-- core.resubmissions
-- grain: one return that was re-claimed
-- inputs: core.returns, core.claims, core.previous_returns, ledger.history_claims
-- rule: the first claim, after the return arrived, that carries its 検索番号. Without that claim file, the next
--       return of the chain proves the re-claim: at first review it was claimed in that return's processing month,
--       at re-examination in the claim month its history block gives.
WITH by_number AS (
    SELECT
        returns.return_id,
        claims.claim_id,
        claims.claim_month,
        'search_number' AS link_rule,
        ROW_NUMBER() OVER (PARTITION BY returns.return_id ORDER BY claims.claim_month, claims.claim_id) AS place
    FROM core.returns AS returns
    INNER JOIN core.claims AS claims
        ON claims.institution = returns.institution
        AND claims.search_number = returns.search_number
        AND claims.payer = returns.payer
        AND claims.claim_month >= returns.received_month
),
history_months AS (
    SELECT file_no, receipt_no, MAX(claim_month) AS claim_month
    FROM ledger.history_claims
    GROUP BY file_no, receipt_no
),
by_next_return AS (
    SELECT
        links.previous_return_id AS return_id,
        CAST(NULL AS VARCHAR) AS claim_id,
        CASE
            WHEN later.stage = 'first_review' THEN later.processing_month
            WHEN history_months.claim_month >= earlier.received_month THEN history_months.claim_month
        END AS claim_month,
        'next_return' AS link_rule,
        1 AS place
    FROM core.previous_returns AS links
    INNER JOIN core.returns AS later ON later.return_id = links.return_id
    INNER JOIN core.returns AS earlier ON earlier.return_id = links.previous_return_id
    LEFT JOIN history_months
        ON history_months.file_no = later.file_no AND history_months.receipt_no = later.receipt_no
    WHERE links.previous_return_id NOT IN (SELECT return_id FROM by_number)
)
SELECT return_id, claim_id, claim_month, link_rule FROM by_number WHERE place = 1
UNION ALL
SELECT return_id, claim_id, claim_month, link_rule FROM by_next_return WHERE claim_month IS NOT NULL
