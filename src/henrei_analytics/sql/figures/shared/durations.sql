-- grain: payer (shaho, kokuho, all) × months × reclaimed × windows_closed, with a count of returns
-- inputs: known_returns, scope
-- rule: months = month of the re-claim - month of arrival (0: the window of the same month); a
--       return that is not re-claimed, whether open, written off or lapsed, is censored at the last
--       claim window that is over at as_of. A re-claim dated before the arrival counts as 0.
WITH observed AS (
    SELECT
        r.payer,
        s.closed_window_number - r.received_number AS months_observed,
        CASE
            WHEN r.reclaimed_number <= s.closed_window_number
                THEN GREATEST(r.reclaimed_number - r.received_number, 0)
        END AS months_to_reclaim
    FROM known_returns AS r
    CROSS JOIN scope AS s
    WHERE r.in_window AND r.received_number <= s.closed_window_number
),
by_payer_and_all AS (
    SELECT payer, months_observed, months_to_reclaim FROM observed
    UNION ALL
    SELECT 'all' AS payer, months_observed, months_to_reclaim FROM observed
)
SELECT
    payer,
    COALESCE(months_to_reclaim, months_observed) AS months,
    months_to_reclaim IS NOT NULL AS reclaimed,
    months_observed + 1 AS windows_closed,
    COUNT(*) AS returns
FROM by_payer_and_all
GROUP BY payer, months_to_reclaim, months_observed
