-- grain: payer (shaho, kokuho, all)
-- inputs: known_returns, scope
-- rule: re-claims of the window's returns; old enough to know = sent at least 3 months before the
--       month of as_of. numerator = those returned again, denominator = those old enough to know.
WITH reclaims AS (
    SELECT
        r.payer,
        r.status = 'returned_again' AS returned_again,
        s.as_of_month_number - r.reclaimed_number >= 3 AS known
    FROM known_returns AS r
    CROSS JOIN scope AS s
    WHERE r.in_window AND r.reclaimed_number IS NOT NULL
),
by_payer_and_all AS (
    SELECT payer, returned_again, known FROM reclaims
    UNION ALL
    SELECT 'all' AS payer, returned_again, known FROM reclaims
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
