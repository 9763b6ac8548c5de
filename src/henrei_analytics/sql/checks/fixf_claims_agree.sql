-- checks.fixf_claims_agree
-- grain: payer × claim month with both claim files and 請求確定状況
-- inputs: checked_files, checked_claims
-- rule: the receipts of both differ by 5 or 3 percent at most. A receipt sent again and corrected stands twice in
--       請求確定状況 and once in the claims, so what was replaced may be there or not
WITH accepted AS (
    SELECT payer, month, CAST(SUM(receipts - receipts_superseded) AS BIGINT) AS receipts
    FROM checked_files
    WHERE kind = 'fixf' AND status = 'loaded'
    GROUP BY payer, month
),
claimed AS (
    SELECT payer, claim_month AS month, COUNT(*) AS receipts
    FROM checked_claims
    GROUP BY payer, claim_month
),
replaced AS (
    SELECT payer, month, CAST(SUM(receipts_superseded) AS BIGINT) AS receipts
    FROM checked_files
    WHERE kind = 'uke' AND status IN ('loaded', 'superseded')
    GROUP BY payer, month
),
compared AS (
    SELECT
        a.payer,
        a.month,
        a.receipts AS accepted,
        c.receipts AS claimed,
        c.receipts + COALESCE(r.receipts, 0) AS sent,
        GREATEST(CAST(5 AS DOUBLE), CAST(a.receipts AS DOUBLE) * 3 / 100) AS tolerated
    FROM accepted AS a
    INNER JOIN claimed AS c ON a.payer = c.payer AND a.month = c.month
    LEFT JOIN replaced AS r ON a.payer = r.payer AND a.month = r.month
)
SELECT
    payer,
    month,
    accepted AS wanted_count,
    claimed AS found_count,
    CAST(1 AS BIGINT) AS checked,
    CAST(
        CASE WHEN accepted < claimed - tolerated OR accepted > sent + tolerated THEN 1 ELSE 0 END AS BIGINT
    ) AS violating
FROM compared
