-- grain: payer × stage with re-claims, and a last row (all, all)
-- inputs: known_reclaims
-- rule: re-claims of the window's returns. denominator = those old enough to know, numerator = those of them that did
--       not come back again; too_early = the rest.
WITH by_payer_and_stage AS (
    SELECT payer, stage, returned_again, known FROM known_reclaims
    UNION ALL
    SELECT 'all' AS payer, 'all' AS stage, returned_again, known FROM known_reclaims
)
SELECT
    r.payer,
    r.stage,
    COUNT(*) AS resubmissions,
    COUNT(*) FILTER (WHERE NOT r.known) AS too_early,
    COUNT(*) FILTER (WHERE r.known AND r.returned_again) AS returned_again,
    COUNT(*) FILTER (WHERE r.known AND NOT r.returned_again) AS numerator,
    COUNT(*) FILTER (WHERE r.known) AS denominator
FROM by_payer_and_stage AS r
GROUP BY r.payer, r.stage
ORDER BY CASE r.payer WHEN 'shaho' THEN 1 WHEN 'kokuho' THEN 2 ELSE 3 END, r.stage
