-- core.duplicate_reclaims
-- grain: one claim that answers a return once more
-- inputs: core.returns, core.reclaims, core.reclaim_candidates, core.claims, core.previous_returns
-- rule: the same 検索番号 again (same_number), or the receipt again without it (same_receipt): same institution, month of
--       care and setting, the same カルテ番号 or patient, and the insurer, or points and days, of the claim that answered.
--       Not the claims that follow a next return: those answer it.
WITH answers AS (
    SELECT
        reclaims.return_id,
        reclaims.claim_month AS first_claim_month,
        claims.*,
        later.received_month AS next_received_month
    FROM core.reclaims AS reclaims
    INNER JOIN core.claims AS claims ON claims.claim_id = reclaims.claim_id
    LEFT JOIN core.previous_returns AS links ON links.previous_return_id = reclaims.return_id
    LEFT JOIN core.returns AS later ON later.return_id = links.return_id
),
same_number AS (
    SELECT candidates.return_id, candidates.claim_id, 1 AS certainty, 'same_number' AS rule
    FROM core.reclaim_candidates AS candidates
    WHERE candidates.pass <= 2 AND candidates.claim_id NOT IN (SELECT claim_id FROM core.reclaims)
),
free_claims AS (
    SELECT claims.*
    FROM core.claims AS claims
    SEMI JOIN answers
        ON answers.institution = claims.institution AND answers.service_month = claims.service_month
    WHERE YEAR(claims.claim_month) * 12 + MONTH(claims.claim_month)
        >= YEAR(claims.service_month) * 12 + MONTH(claims.service_month) + 2
        AND claims.claim_id NOT IN (SELECT claim_id FROM core.reclaims)
        AND claims.claim_id NOT IN (SELECT claim_id FROM same_number)
),
answer_persons AS (
    SELECT answers.*, 'c' || chart_key AS person FROM answers WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT answers.*, 'p' || patient_key AS person FROM answers WHERE patient_key IS NOT NULL
),
claim_persons AS (
    SELECT free_claims.*, 'c' || chart_key AS person FROM free_claims WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT free_claims.*, 'p' || patient_key AS person FROM free_claims WHERE patient_key IS NOT NULL
),
same_receipt AS (
    SELECT DISTINCT answers.return_id, claims.claim_id, 2 AS certainty, 'same_receipt' AS rule
    FROM answer_persons AS answers
    INNER JOIN claim_persons AS claims
        ON claims.institution = answers.institution
        AND claims.service_month = answers.service_month
        AND claims.person = answers.person
    WHERE claims.claim_month >= answers.first_claim_month
        AND COALESCE(claims.setting = answers.setting, TRUE)
        AND (
            (claims.payer = answers.payer AND claims.insurer_number = answers.insurer_number)
            OR (claims.points = answers.points AND claims.days = answers.days)
        )
        AND (answers.next_received_month IS NULL OR claims.claim_month < answers.next_received_month)
        AND claims.search_number IS NULL
),
ranked AS (
    SELECT
        found.*,
        ROW_NUMBER() OVER (PARTITION BY claim_id ORDER BY certainty, return_id) AS place
    FROM (SELECT * FROM same_number UNION ALL SELECT * FROM same_receipt) AS found
)
SELECT
    ranked.return_id,
    claims.institution,
    claims.payer,
    ranked.claim_id,
    claims.claim_month,
    answers.claim_id AS first_claim_id,
    answers.first_claim_month,
    claims.service_month,
    claims.points,
    claims.chart_number,
    ranked.rule
FROM ranked
INNER JOIN core.claims AS claims ON claims.claim_id = ranked.claim_id
INNER JOIN answers ON answers.return_id = ranked.return_id
WHERE ranked.place = 1
