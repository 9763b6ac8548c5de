-- core.reclaim_candidates
-- grain: one pair of a return and a later claim that may be its re-claim
-- inputs: core.returns, core.claims, core.history_numbers
-- rule: passes from sure to less sure, each over what the one before left: 1 the claim carries the return's 検索番号;
--       2 only its history block names the number; 3 same institution, month of care, setting, patient and claim
--       type; 4 same institution, month of care and setting, and the same カルテ番号 (without either: patient), since
--       insurer, number, name and birth date are what gets corrected; the payer may change. A claim between two returns
--       of one receipt can only answer the earlier. `agreements` are the tie-breakers: points 4, insurer 2, days 1.
--       From pass 3 on a pair is strong when the insurer is the same (one receipt is claimed twice only when it came
--       back), the claim is marked as a re-claim, or the days are the same, the points nearly (within 5 %) and no
--       two カルテ番号 say that it is a namesake; else `is_strong` is false.
WITH by_own_number AS (
    SELECT
        returns.return_id,
        claims.claim_id,
        CASE WHEN claims.is_number_from_history THEN 2 ELSE 1 END AS pass
    FROM core.returns AS returns
    INNER JOIN core.claims AS claims
        ON claims.institution = returns.institution
        AND claims.payer = returns.payer
        AND claims.search_number = returns.search_number
        AND claims.claim_month >= returns.received_month
),
-- a claim whose own number is no known return's: the newest number of its block that is. Where the block's HR tells of
-- a round after that one, the claim answers the later round, which nobody kept.
by_older_number AS (
    SELECT
        returns.return_id,
        claims.claim_id,
        ROW_NUMBER() OVER (PARTITION BY claims.claim_id ORDER BY history.place) AS place,
        EXISTS (
            SELECT 1
            FROM core.history_numbers AS newer
            WHERE newer.file_no = history.file_no
                AND newer.receipt_no = history.receipt_no
                AND newer.place < history.place
                AND newer.processing_month > returns.processing_month
        ) AS is_answered_before
    FROM core.history_numbers AS history
    INNER JOIN core.claims AS claims
        ON claims.file_no = history.file_no AND claims.receipt_no = history.receipt_no
    INNER JOIN core.returns AS returns
        ON returns.institution = claims.institution
        AND returns.payer = claims.payer
        AND returns.search_number = history.search_number
        AND returns.received_month <= claims.claim_month
    WHERE claims.claim_id NOT IN (SELECT claim_id FROM by_own_number)
),
by_number AS (
    SELECT return_id, claim_id, pass FROM by_own_number
    UNION ALL
    SELECT return_id, claim_id, 2 FROM by_older_number WHERE place = 1 AND NOT is_answered_before
),
-- the next return of the same receipt, if it came again: the same person and insurer, or points and days; or an older
-- number in the block
successors AS (
    SELECT
        return_id,
        MIN(processing_month) OVER (
            PARTITION BY
                institution, payer, service_month, setting, insurer_number,
                COALESCE(patient_key, 'c' || chart_key, return_id)
            ORDER BY YEAR(processing_month) * 12 + MONTH(processing_month)
            RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_month
    FROM core.returns
    UNION ALL
    SELECT
        return_id,
        MIN(processing_month) OVER (
            PARTITION BY
                institution, service_month, setting, points, days, COALESCE(patient_key, 'c' || chart_key, return_id)
            ORDER BY YEAR(processing_month) * 12 + MONTH(processing_month)
            RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        )
    FROM core.returns
    UNION ALL
    SELECT earlier.return_id, MIN(later.processing_month)
    FROM core.history_numbers AS history
    INNER JOIN core.returns AS later
        ON later.file_no = history.file_no AND later.receipt_no = history.receipt_no
    INNER JOIN core.returns AS earlier
        ON earlier.institution = later.institution
        AND earlier.search_number = history.search_number
        AND earlier.processing_month < later.processing_month
    GROUP BY earlier.return_id
),
next_returns AS (
    SELECT return_id, MIN(next_month) AS next_month FROM successors GROUP BY return_id
),
unanswered AS (
    SELECT returns.*, next_returns.next_month
    FROM core.returns AS returns
    INNER JOIN next_returns ON next_returns.return_id = returns.return_id
    WHERE returns.return_id NOT IN (SELECT return_id FROM by_number)
),
-- what is returned is claimed again two months after care at the earliest
late_claims AS (
    SELECT claims.*
    FROM core.claims AS claims
    SEMI JOIN unanswered
        ON unanswered.institution = claims.institution AND unanswered.service_month = claims.service_month
    WHERE YEAR(claims.claim_month) * 12 + MONTH(claims.claim_month)
        >= YEAR(claims.service_month) * 12 + MONTH(claims.service_month) + 2
        AND claims.claim_id NOT IN (SELECT claim_id FROM by_number)
),
return_persons AS (
    SELECT unanswered.*, 3 AS pass, CONCAT_WS('|', 'p', patient_key, claim_type) AS person
    FROM unanswered
    WHERE patient_key IS NOT NULL AND claim_type IS NOT NULL
    UNION ALL
    SELECT unanswered.*, 4, 'c' || chart_key FROM unanswered WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT unanswered.*, 4, 'p' || patient_key FROM unanswered WHERE patient_key IS NOT NULL
),
claim_persons AS (
    SELECT late_claims.*, 3 AS pass, CONCAT_WS('|', 'p', patient_key, claim_type) AS person
    FROM late_claims
    WHERE patient_key IS NOT NULL AND claim_type IS NOT NULL
    UNION ALL
    SELECT late_claims.*, 4, 'c' || chart_key FROM late_claims WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT late_claims.*, 4, 'p' || patient_key FROM late_claims WHERE patient_key IS NOT NULL
),
by_person AS (
    SELECT returns.return_id, claims.claim_id, MIN(returns.pass) AS pass
    FROM return_persons AS returns
    INNER JOIN claim_persons AS claims
        ON claims.institution = returns.institution
        AND claims.service_month = returns.service_month
        AND claims.person = returns.person
    WHERE claims.claim_month >= returns.received_month
        AND (returns.next_month IS NULL OR claims.claim_month <= returns.next_month)
        AND COALESCE(claims.setting = returns.setting, TRUE)
        -- two different numbers are two different returns
        AND (claims.search_number IS NULL OR returns.search_number IS NULL)
    GROUP BY returns.return_id, claims.claim_id
),
pairs AS (
    SELECT return_id, claim_id, pass FROM by_number
    UNION ALL
    SELECT return_id, claim_id, pass FROM by_person
),
compared AS (
    SELECT
        pairs.return_id,
        pairs.claim_id,
        pairs.pass,
        CASE pairs.pass WHEN 1 THEN 'search_number' WHEN 2 THEN 'history' WHEN 3 THEN 'patient' ELSE 'chart' END AS link_rule,
        returns.received_month,
        claims.claim_month,
        COALESCE(claims.insurer_number = returns.insurer_number, FALSE) AS same_insurer,
        COALESCE(claims.points = returns.points, FALSE) AS same_points,
        COALESCE(claims.days = returns.days, FALSE) AS same_days,
        COALESCE(ABS(claims.points - returns.points) * 20 <= returns.points, FALSE) AS nearly_same_points,
        COALESCE(claims.chart_key <> returns.chart_key, FALSE) AS other_chart,
        claims.is_resubmission
    FROM pairs
    INNER JOIN core.returns AS returns ON returns.return_id = pairs.return_id
    INNER JOIN core.claims AS claims ON claims.claim_id = pairs.claim_id
)
SELECT
    compared.* EXCLUDE (is_resubmission, nearly_same_points, other_chart),
    CASE WHEN same_points THEN 4 ELSE 0 END
    + CASE WHEN same_insurer THEN 2 ELSE 0 END
    + CASE WHEN same_days THEN 1 ELSE 0 END AS agreements,
    pass <= 2
    OR same_insurer
    OR is_resubmission
    OR (same_days AND nearly_same_points AND NOT other_chart) AS is_strong
FROM compared
