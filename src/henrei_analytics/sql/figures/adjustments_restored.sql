-- grain: payer (shaho, kokuho, all)
-- inputs: mart.re_examinations, known_adjustments, scope
-- rule: the window. Requests = outcomes of 再審査 that the institution itself asked for; decided =
--       restored, upheld or cut further. Requests that were withdrawn, returned or moved say nothing
--       about who was right. Restored points come from
--       the adjustments, so that they agree with the rest of the page.
WITH requests AS (
    SELECT r.payer, r.result
    FROM mart.re_examinations AS r
    INNER JOIN scope AS s ON r.institution = s.institution
    WHERE r.requester = 'institution'
        AND year(r.processing_month) * 12 + month(r.processing_month)
            BETWEEN s.first_month_number AND s.month_number
        AND year(r.processing_month) * 12 + month(r.processing_month) < s.as_of_month_number
),
requests_by_payer AS (
    SELECT
        COALESCE(payer, 'all') AS payer,
        COUNT(*) AS requests,
        COUNT(*) FILTER (WHERE result = 'restored') AS restored,
        COUNT(*) FILTER (WHERE result = 'upheld') AS upheld,
        COUNT(*) FILTER (WHERE result = 'cut') AS cut_further
    FROM requests
    WHERE payer IS NOT NULL
    GROUP BY GROUPING SETS ((payer), ())
),
adjustments_by_payer AS (
    SELECT
        COALESCE(payer, 'all') AS payer,
        COUNT(*) FILTER (WHERE is_cut) AS cuts,
        SUM(cut_points) AS cut_points,
        COUNT(*) FILTER (WHERE is_restoration) AS restorations,
        SUM(CASE WHEN is_restoration THEN raised_points ELSE 0 END) AS restored_points
    FROM known_adjustments
    WHERE in_window
    GROUP BY GROUPING SETS ((payer), ())
)
SELECT
    p.payer,
    COALESCE(a.cuts, 0) AS cuts,
    CAST(COALESCE(a.cut_points, 0) AS BIGINT) AS cut_points,
    COALESCE(r.requests, 0) AS requests,
    COALESCE(r.upheld, 0) AS upheld,
    COALESCE(r.restored, 0) AS restored,
    COALESCE(r.restored + r.upheld + r.cut_further, 0) AS decided,
    COALESCE(a.restorations, 0) AS restorations,
    CAST(COALESCE(a.restored_points, 0) AS BIGINT) AS restored_points
FROM (VALUES (1, 'shaho'), (2, 'kokuho'), (3, 'all')) AS p (position, payer)
LEFT JOIN adjustments_by_payer AS a ON p.payer = a.payer
LEFT JOIN requests_by_payer AS r ON p.payer = r.payer
ORDER BY p.position
