-- grain: payer (shaho, kokuho, all)
-- inputs: known_reclaims
-- rule: re-claims of the window's returns. numerator = those returned again, denominator = those old enough to know.
WITH by_payer_and_all AS (
    SELECT payer, returned_again, known FROM known_reclaims
    UNION ALL
    SELECT 'all' AS payer, returned_again, known FROM known_reclaims
)
SELECT
    p.payer,
    COUNT(r.payer) AS resubmissions,
    COUNT(*) FILTER (WHERE r.returned_again AND r.known) AS numerator,
    COUNT(*) FILTER (WHERE r.known) AS denominator
FROM (VALUES (1, 'shaho'), (2, 'kokuho'), (3, 'all')) AS p (position, payer)
LEFT JOIN by_payer_and_all AS r ON p.payer = r.payer
GROUP BY p.position, p.payer
ORDER BY p.position
