-- core.reclaims
-- grain: one return with the claim that answers it
-- inputs: core.reclaim_candidates
-- rule: by number, the first claim after the return (a second one is a duplicate, not another answer). By person, the
--       surer pass, then of claims of the same insurer the first after the return, of others the one that agrees most,
--       then the first; of returns the one that agrees most, then the last before the claim. A pair is linked when each
--       is the other's one best, and once more among those left over. Where two are equally good nothing is linked.
WITH by_number AS (
    SELECT
        return_id,
        claim_id,
        claim_month,
        link_rule,
        ROW_NUMBER() OVER (PARTITION BY return_id ORDER BY claim_month, pass, agreements DESC, claim_id) AS place
    FROM core.reclaim_candidates
    WHERE pass <= 2
),
by_person AS (
    SELECT * FROM core.reclaim_candidates WHERE pass > 2 AND is_strong
),
first_turn AS (
    SELECT
        return_id,
        claim_id,
        RANK() OVER (
            PARTITION BY return_id
            ORDER BY
                pass,
                CASE WHEN same_insurer THEN 0 ELSE 1 END,
                CASE WHEN same_insurer THEN claim_month END,
                agreements DESC,
                claim_month
        ) AS claim_rank,
        COUNT(*) OVER (PARTITION BY return_id, pass, agreements, claim_month) AS equal_claims,
        RANK() OVER (PARTITION BY claim_id ORDER BY pass, agreements DESC, received_month DESC) AS return_rank,
        COUNT(*) OVER (PARTITION BY claim_id, pass, agreements, received_month) AS equal_returns
    FROM by_person
),
first_links AS (
    SELECT return_id, claim_id
    FROM first_turn
    WHERE claim_rank = 1 AND equal_claims = 1 AND return_rank = 1 AND equal_returns = 1
),
second_turn AS (
    SELECT
        return_id,
        claim_id,
        RANK() OVER (
            PARTITION BY return_id
            ORDER BY
                pass,
                CASE WHEN same_insurer THEN 0 ELSE 1 END,
                CASE WHEN same_insurer THEN claim_month END,
                agreements DESC,
                claim_month
        ) AS claim_rank,
        COUNT(*) OVER (PARTITION BY return_id, pass, agreements, claim_month) AS equal_claims,
        RANK() OVER (PARTITION BY claim_id ORDER BY pass, agreements DESC, received_month DESC) AS return_rank,
        COUNT(*) OVER (PARTITION BY claim_id, pass, agreements, received_month) AS equal_returns
    FROM by_person
    WHERE return_id NOT IN (SELECT return_id FROM first_links)
        AND claim_id NOT IN (SELECT claim_id FROM first_links)
),
links AS (
    SELECT return_id, claim_id FROM first_links
    UNION ALL
    SELECT return_id, claim_id
    FROM second_turn
    WHERE claim_rank = 1 AND equal_claims = 1 AND return_rank = 1 AND equal_returns = 1
)
SELECT return_id, claim_id, claim_month, link_rule FROM by_number WHERE place = 1
UNION ALL
SELECT by_person.return_id, by_person.claim_id, by_person.claim_month, by_person.link_rule
FROM by_person
INNER JOIN links ON links.return_id = by_person.return_id AND links.claim_id = by_person.claim_id
