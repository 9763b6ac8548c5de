-- grain: institution × what returns can share (category, code, insurer, department, patient)
-- inputs: audit_offices, audit_returns
-- rule: all returns of the window for which it is known. units_50 = how many units, the largest first, make half
--       of them; pair_share = the chance that two returns drawn at random share it (Simpson; the Herfindahl index
--       without the bias of small numbers)
WITH keyed AS (
    SELECT institution, 'category' AS dimension, category AS unit FROM audit_returns WHERE in_window
    UNION ALL
    SELECT institution, 'code' AS dimension, CONCAT(payer, main_reason_code) AS unit
    FROM audit_returns
    WHERE in_window AND main_reason_code IS NOT NULL
    UNION ALL
    SELECT institution, 'insurer' AS dimension, insurer_number AS unit
    FROM audit_returns
    WHERE in_window AND insurer_number IS NOT NULL
    UNION ALL
    SELECT institution, 'department' AS dimension, department AS unit
    FROM audit_returns
    WHERE in_window AND department IS NOT NULL
    UNION ALL
    SELECT institution, 'patient' AS dimension, patient_key AS unit
    FROM audit_returns
    WHERE in_window AND patient_key IS NOT NULL
),
units AS (
    SELECT
        institution,
        dimension,
        COUNT(*) AS returns,
        row_number() OVER (PARTITION BY institution, dimension ORDER BY COUNT(*) DESC, unit) AS place
    FROM keyed
    GROUP BY institution, dimension, unit
),
reached AS (
    SELECT
        u.*,
        SUM(u.returns) OVER (
            PARTITION BY u.institution, u.dimension
            ORDER BY u.place
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS so_far,
        SUM(u.returns) OVER (PARTITION BY u.institution, u.dimension) AS total
    FROM units AS u
)
SELECT
    o.office,
    o.institution,
    o.is_own,
    r.dimension,
    CAST(SUM(r.returns) AS BIGINT) AS returns,
    COUNT(*) AS units,
    MIN(r.place) FILTER (WHERE 2 * r.so_far >= r.total) AS units_50,
    MIN(r.place) FILTER (WHERE 5 * r.so_far >= 4 * r.total) AS units_80,
    CAST(MAX(r.returns) AS DOUBLE) / SUM(r.returns) AS top_share,
    CAST(SUM(r.returns * (r.returns - 1)) AS DOUBLE)
    / NULLIF(SUM(r.returns) * (SUM(r.returns) - 1), 0) AS pair_share
FROM reached AS r
INNER JOIN audit_offices AS o ON r.institution = o.institution
GROUP BY o.office, o.institution, o.is_own, r.dimension
ORDER BY CASE r.dimension
    WHEN 'category' THEN 1 WHEN 'code' THEN 2 WHEN 'insurer' THEN 3 WHEN 'department' THEN 4 ELSE 5
END,
    o.is_own DESC,
    o.office,
    o.institution
