-- grain: kind of key (patient, insurer, department, person)
-- inputs: claim_weights, expected_repeats, repeats, return_span
-- rule: denominator = returns of the window with that key and a category whose 12 months before are loaded;
--       numerator = those whose key had the same category in these months. An upper bound of what could have been
--       prevented: the same error had come before, no more is known.
--       by_chance = the share there would be if the returns had fallen on any claims (expected_repeats). NULL where no
--       claims are loaded one by one, and for people, whom the claims do not name.
WITH with_history AS (
    SELECT r.kind, r.points, r.round, r.earlier > 0 AS came_before
    FROM repeats AS r
    CROSS JOIN return_span AS d
    WHERE r.in_window AND r.processing_number - 12 >= d.first_number
),
expected AS (
    SELECT kind, SUM(returns) AS returns
    FROM expected_repeats
    GROUP BY kind
),
kinds_claimed AS (
    SELECT DISTINCT kind FROM claim_weights
)
SELECT
    k.kind,
    COUNT(*) FILTER (WHERE a.came_before) AS numerator,
    COUNT(a.kind) AS denominator,
    COUNT(*) FILTER (WHERE a.came_before AND a.round > 1) AS repeats_same_claim,
    CAST(COALESCE(SUM(a.points) FILTER (WHERE a.came_before), 0) * 10 AS BIGINT) AS yen,
    CASE WHEN MAX(q.kind) IS NOT NULL THEN COALESCE(MAX(e.returns), 0) / NULLIF(COUNT(a.kind), 0) END AS by_chance
FROM (VALUES (1, 'patient'), (2, 'insurer'), (3, 'department'), (4, 'person')) AS k (position, kind)
LEFT JOIN with_history AS a ON k.kind = a.kind
LEFT JOIN expected AS e ON k.kind = e.kind
LEFT JOIN kinds_claimed AS q ON k.kind = q.kind
GROUP BY k.position, k.kind
ORDER BY k.position
