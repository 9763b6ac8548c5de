-- grain: one surplus re-claim of a return that had been answered already
-- inputs: mart.duplicate_reclaims, scope
-- rule: claims sent by the month of as_of, the newest first. returned: it has come back already. Else by the month it
--       was claimed in: this_month (of as_of) it can still be taken back before the review ends, last_month it may be;
--       an older one has been reviewed, so that both may have been paid. Carries chart numbers, because somebody has
--       to act.
WITH sent AS (
    SELECT d.*, s.as_of_month_number - (year(d.claim_month) * 12 + month(d.claim_month)) AS months_ago
    FROM mart.duplicate_reclaims AS d
    INNER JOIN scope AS s ON d.institution = s.institution
)
SELECT
    claim_month,
    payer,
    chart_number,
    service_month,
    first_claim_month,
    rule AS duplicate_rule,
    CAST(points * 10 AS BIGINT) AS yen,
    CASE
        WHEN returned_as IS NOT NULL THEN 'returned'
        WHEN months_ago = 0 THEN 'this_month'
        WHEN months_ago = 1 THEN 'last_month'
        ELSE 'older'
    END AS step
FROM sent
WHERE months_ago >= 0
ORDER BY claim_month DESC, points DESC NULLS LAST, claim_id, return_id
