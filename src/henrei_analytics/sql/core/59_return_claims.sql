-- core.return_claims
-- grain: one return whose claim, as it had been sent, is known
-- inputs: core.returns, core.claims, core.notice_claims, core.payments, ledger.history_claims
-- rule: a return file holds the receipt as it was claimed: same month of care, claim type and patient (else カルテ番号),
--       at first review in the claims of the processing month, at re-examination in the claim month its history block
--       gives, else the latest before. A notice: its claim (core.notice_claims), else the レセプト番号 that the
--       振込額明細 has beside the same 受付番号. One to one; insurer, points and days decide between several.
WITH told_months AS (
    SELECT file_no, receipt_no, MAX(claim_month) AS claim_month
    FROM ledger.history_claims
    GROUP BY file_no, receipt_no
),
receipts AS (
    SELECT
        returns.*,
        COALESCE(returns.patient_key, 'c' || returns.chart_key) AS person,
        CASE
            WHEN returns.stage = 'first_review' THEN returns.processing_month
            ELSE told_months.claim_month
        END AS told_month
    FROM core.returns AS returns
    LEFT JOIN told_months
        ON told_months.file_no = returns.file_no AND told_months.receipt_no = returns.receipt_no
    WHERE returns.source IN ('hen', 'sah')
),
copies AS (
    SELECT
        receipts.return_id,
        claims.claim_id,
        claims.claim_month,
        CASE WHEN claims.points = receipts.points THEN 1 ELSE 0 END
        + CASE WHEN claims.insurer_number = receipts.insurer_number THEN 1 ELSE 0 END
        + CASE WHEN claims.days = receipts.days THEN 1 ELSE 0 END AS agreements,
        1 AS certainty,
        'copy' AS link_rule
    FROM core.claims AS claims
    INNER JOIN receipts
        ON receipts.institution = claims.institution
        AND receipts.payer = claims.payer
        AND receipts.service_month = claims.service_month
        AND receipts.claim_type = claims.claim_type
        AND receipts.person = COALESCE(claims.patient_key, 'c' || claims.chart_key)
    WHERE claims.claim_month = receipts.told_month
        OR (receipts.told_month IS NULL AND claims.claim_month < receipts.processing_month)
),
noticed AS (
    SELECT returns.return_id, notice_claims.claim_id, returns.processing_month AS claim_month
    FROM core.returns AS returns
    INNER JOIN core.notice_claims AS notice_claims ON notice_claims.notice_id = returns.notice_id
),
received AS (
    SELECT returns.return_id, claims.claim_id, claims.claim_month
    FROM core.returns AS returns
    INNER JOIN core.payments AS payments
        ON payments.institution = returns.institution
        AND payments.payer = returns.payer
        AND payments.processing_month = returns.processing_month
        AND payments.reception_number = returns.reception_number
        AND payments.is_newest
    INNER JOIN core.claims AS claims
        ON claims.institution = payments.institution
        AND claims.payer = payments.payer
        AND claims.claim_month = payments.processing_month
        AND claims.service_month = payments.service_month
        AND claims.receipt_number = payments.receipt_number
        AND claims.points = returns.points
    WHERE returns.source NOT IN ('hen', 'sah')
),
candidates AS (
    SELECT return_id, claim_id, claim_month, agreements, certainty, link_rule FROM copies
    UNION ALL
    SELECT return_id, claim_id, claim_month, 0, 2, 'notice' FROM noticed
    UNION ALL
    SELECT return_id, claim_id, claim_month, 0, 3, 'reception_number' FROM received
),
ranked AS (
    SELECT
        candidates.*,
        ROW_NUMBER() OVER (
            PARTITION BY return_id ORDER BY certainty, agreements DESC, claim_month DESC, claim_id
        ) AS place_of_claim,
        ROW_NUMBER() OVER (
            PARTITION BY claim_id ORDER BY certainty, agreements DESC, return_id
        ) AS place_of_return
    FROM candidates
)
SELECT return_id, claim_id, link_rule
FROM ranked
WHERE place_of_claim = 1 AND place_of_return = 1
