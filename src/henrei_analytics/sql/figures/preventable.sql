-- grain: kind of key (patient, insurer, department, person, any)
-- inputs: mart.claims, repeats, return_span, scope
-- rule: denominator = returns of the window with that key and a category whose 12 months before are loaded;
--       numerator = those whose key had the same category in these months. any: at least one of the keys. An
--       upper bound of what could have been prevented: the same error had come before, no more is known.
--       by_chance = the share there would be if the returns had fallen on any claims: of each return its month
--       and category stay, and its key is drawn from the first claims of the window. NULL where no claims
--       are loaded one by one, and for people, whom the claims do not name.
WITH with_history AS (
    SELECT
        r.kind, r.repeat_key, r.category, r.processing_number, r.return_id, r.points, r.round, r.earlier > 0 AS came_before
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
),
first_claims AS (
    SELECT c.patient_key, c.insurer_number, c.department
    FROM mart.claims AS c
    INNER JOIN scope AS s ON c.institution = s.institution
    WHERE c.is_resubmission IS NOT TRUE
        AND year(c.claim_month) * 12 + month(c.claim_month) BETWEEN s.first_month_number AND s.month_number
),
keyed_claims AS (
    SELECT 'patient' AS kind, patient_key AS repeat_key FROM first_claims
    UNION ALL
    SELECT 'insurer' AS kind, insurer_number AS repeat_key FROM first_claims
    UNION ALL
    SELECT 'department' AS kind, department AS repeat_key FROM first_claims
),
keys AS (
    SELECT kind, repeat_key, CAST(COUNT(*) AS DOUBLE) / SUM(COUNT(*)) OVER (PARTITION BY kind) AS weight
    FROM keyed_claims
    WHERE repeat_key IS NOT NULL
    GROUP BY kind, repeat_key
),
kinds_claimed AS (
    SELECT DISTINCT kind FROM keys
),
cells AS (
    SELECT kind, category, processing_number, COUNT(*) AS returns
    FROM with_history
    GROUP BY kind, category, processing_number
),
keys_before AS (
    SELECT DISTINCT c.kind, c.category, c.processing_number, c.returns, b.repeat_key
    FROM cells AS c
    INNER JOIN repeats AS b
        ON c.kind = b.kind
        AND c.category = b.category
        AND b.processing_number BETWEEN c.processing_number - 12 AND c.processing_number - 1
),
expected AS (
    SELECT b.kind, SUM(b.returns * k.weight) AS returns
    FROM keys_before AS b
    INNER JOIN keys AS k ON b.kind = k.kind AND b.repeat_key = k.repeat_key
    GROUP BY b.kind
)
SELECT
    k.kind,
    COUNT(*) FILTER (WHERE a.came_before) AS numerator,
    COUNT(a.kind) AS denominator,
    COUNT(*) FILTER (WHERE a.came_before AND a.round > 1) AS repeats_same_claim,
    CAST(COALESCE(SUM(a.points) FILTER (WHERE a.came_before), 0) * 10 AS BIGINT) AS yen,
    CASE WHEN MAX(q.kind) IS NOT NULL THEN COALESCE(MAX(e.returns), 0) / NULLIF(COUNT(a.kind), 0) END AS by_chance
FROM (VALUES (1, 'patient'), (2, 'insurer'), (3, 'department'), (4, 'person'), (5, 'any')) AS k (position, kind)
LEFT JOIN with_any AS a ON k.kind = a.kind
LEFT JOIN expected AS e ON k.kind = e.kind
LEFT JOIN kinds_claimed AS q ON k.kind = q.kind
GROUP BY k.position, k.kind
ORDER BY k.position
