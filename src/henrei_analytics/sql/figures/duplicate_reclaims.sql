-- grain: one surplus re-claim of a return that had been answered already
-- inputs: mart.duplicate_reclaims, scope
-- rule: claims sent by the month of as_of, the newest first. this_month: claimed in the month of as_of, so that
--       it can still be taken back before the review ends; returned: it has come back already. Carries chart
--       numbers, because somebody has to act.
SELECT
    d.claim_month,
    d.payer,
    d.chart_number,
    d.service_month,
    d.first_claim_month,
    d.rule AS duplicate_rule,
    CAST(d.points * 10 AS BIGINT) AS yen,
    CASE
        WHEN d.returned_as IS NOT NULL THEN 'returned'
        WHEN year(d.claim_month) * 12 + month(d.claim_month) = s.as_of_month_number THEN 'this_month'
        ELSE 'earlier'
    END AS step
FROM mart.duplicate_reclaims AS d
INNER JOIN scope AS s ON d.institution = s.institution
WHERE year(d.claim_month) * 12 + month(d.claim_month) <= s.as_of_month_number
ORDER BY d.claim_month DESC, d.points DESC NULLS LAST, d.claim_id, d.return_id
