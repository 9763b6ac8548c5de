-- grain: month × payer × stage × medium of returns that a payment notice reports and that are not loaded
-- inputs: mart.reported_returns, scope
-- rule: notices of the window that had arrived by the month of as_of; the nearest deadline still to
--       come first, then those that have passed, the latest first, last paper, which has none
WITH reported AS (
    SELECT
        r.processing_month,
        r.payer,
        r.stage,
        r.medium,
        MIN(r.download_deadline) AS download_deadline,
        COUNT(*) AS returns,
        COALESCE(SUM(r.points), 0) AS points
    FROM mart.reported_returns AS r
    INNER JOIN scope AS s ON r.institution = s.institution
    WHERE r.return_id IS NULL
        AND r.processing_month BETWEEN s.first_month AND s.as_of
        AND year(r.received_month) * 12 + month(r.received_month) <= s.as_of_month_number
    GROUP BY r.processing_month, r.payer, r.stage, r.medium
)
SELECT
    r.processing_month,
    r.payer,
    r.stage,
    r.medium,
    r.returns,
    CAST(r.points AS BIGINT) AS points,
    CAST(r.points * 10 AS BIGINT) AS yen,
    r.download_deadline
FROM reported AS r
CROSS JOIN scope AS s
ORDER BY CASE WHEN r.download_deadline >= s.as_of THEN 0 ELSE 1 END,
    CASE WHEN r.download_deadline >= s.as_of THEN r.download_deadline END NULLS LAST,
    r.download_deadline DESC NULLS LAST,
    r.processing_month DESC,
    r.payer DESC,
    r.stage,
    r.medium
