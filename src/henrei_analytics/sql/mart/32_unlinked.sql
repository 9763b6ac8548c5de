-- mart.unlinked
-- grain: one fact that could not be tied to another, as of mart.as_of
-- inputs: core.claims, core.reclaims, core.duplicate_reclaims, core.returns, core.history_numbers, core.return_versions,
--         core.receipts, mart.as_of
-- rule: resubmission_without_return: a claim marked as a re-claim that answers no known return (its return file was not
--       loaded, or it was claimed before the return arrived).
--       return_never_seen: a 検索番号 that only the history block of a later receipt names.
--       number_returned_twice: one 検索番号 in return files of several months; it counts as one return.
--       search_number_mismatch: RE and HR of one receipt bear different numbers; that of RE is used.
--       What came back is known from the month after its processing month on.
WITH receipts AS (
    SELECT file_no, receipt_no, institution, payer, claim_id FROM core.claims
    UNION ALL
    SELECT file_no, receipt_no, institution, payer, claim_id
    FROM core.returns
    LEFT JOIN core.return_claims USING (return_id)
    WHERE source IN ('hen', 'sah')
),
named AS (
    SELECT
        receipts.institution,
        receipts.payer,
        history.search_number,
        MAX(history.processing_month) AS month,
        MIN(receipts.claim_id) AS claim_id
    FROM core.history_numbers AS history
    INNER JOIN receipts ON receipts.file_no = history.file_no AND receipts.receipt_no = history.receipt_no
    GROUP BY receipts.institution, receipts.payer, history.search_number
),
facts AS (
    SELECT
        'resubmission_without_return' AS what,
        claims.institution,
        claims.payer,
        claims.claim_month AS month,
        claims.search_number,
        claims.claim_id,
        0 AS months_later
    FROM core.claims AS claims
    WHERE claims.is_resubmission
        AND claims.claim_id NOT IN (SELECT claim_id FROM core.reclaims)
        AND claims.claim_id NOT IN (SELECT claim_id FROM core.duplicate_reclaims)
    UNION ALL
    SELECT 'return_never_seen', named.institution, named.payer, named.month, named.search_number, named.claim_id, 1
    FROM named
    ANTI JOIN core.returns AS returns
        ON returns.institution = named.institution
        AND returns.payer = named.payer
        AND returns.search_number = named.search_number
    UNION ALL
    SELECT 'number_returned_twice', institution, payer, MAX(month), search_number, NULL, 1
    FROM core.return_versions
    WHERE search_number IS NOT NULL
    GROUP BY institution, payer, search_number
    HAVING COUNT(DISTINCT month) > 1
    UNION ALL
    SELECT DISTINCT
        'search_number_mismatch', institution, payer, month, search_number, NULL,
        CASE WHEN kind IN ('hen', 'sah') THEN 1 ELSE 0 END
    FROM core.receipts
    WHERE has_two_numbers
)
SELECT what, institution, payer, month, search_number, claim_id
FROM facts
CROSS JOIN mart.as_of
WHERE COALESCE(YEAR(month) * 12 + MONTH(month) + months_later <= YEAR(as_of) * 12 + MONTH(as_of), TRUE)
