-- grain: kind of key (any, patient, insurer, department, person)
-- inputs: repeats, return_span
-- rule: denominator = returns of the window with that key and a category whose 12 months before are loaded;
--       numerator = those whose key had the same category in these months. any: at least one of the keys. An
--       upper bound of what could have been prevented: the same error had come before, no more is known.
WITH with_history AS (
    SELECT r.kind, r.return_id, r.points, r.round, r.earlier > 0 AS came_before
    FROM repeats AS r
    CROSS JOIN return_span AS d
    WHERE r.in_window AND r.processing_number - 12 >= d.first_number
),
with_any AS (
    SELECT kind, return_id, points, round, came_before FROM with_history
    UNION ALL
    SELECT
        'any' AS kind,
        return_id,
        MAX(points) AS points,
        MAX(round) AS round,
        MAX(CASE WHEN came_before THEN 1 ELSE 0 END) = 1 AS came_before
    FROM with_history
    GROUP BY return_id
)
SELECT
    k.kind,
    COUNT(*) FILTER (WHERE a.came_before) AS numerator,
    COUNT(a.kind) AS denominator,
    COUNT(*) FILTER (WHERE a.came_before AND a.round > 1) AS repeats_same_claim,
    CAST(COALESCE(SUM(a.points) FILTER (WHERE a.came_before), 0) * 10 AS BIGINT) AS yen
FROM (VALUES (1, 'any'), (2, 'patient'), (3, 'insurer'), (4, 'department'), (5, 'person')) AS k (position, kind)
LEFT JOIN with_any AS a ON k.kind = a.kind
GROUP BY k.position, k.kind
ORDER BY k.position
