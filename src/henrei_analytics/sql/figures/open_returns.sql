-- grain: one row per open return
-- inputs: mart.return_reasons, known_returns, scope
-- rule: everything open at as_of, whatever its month: deadlines still to come first, the nearest at
--       the top, then those without a file (paper has no download deadline), then those that have
--       passed, the latest first; within a day most yen first. The only figure that carries chart
--       numbers, because somebody has to take out the chart.
WITH first_reason AS (
    SELECT
        return_id,
        text,
        row_number() OVER (PARTITION BY return_id ORDER BY position, code, text) AS place
    FROM mart.return_reasons
)
SELECT
    r.return_id,
    r.chart_number,
    r.service_month,
    r.payer,
    r.insurer_number,
    r.main_reason_code,
    r.category AS main_reason_category,
    c.text AS reason_text,
    r.points,
    CAST(r.points * 10 AS BIGINT) AS yen,
    r.round,
    r.received_month,
    r.download_deadline,
    r.claim_right_expires,
    r.status
FROM known_returns AS r
CROSS JOIN scope AS s
LEFT JOIN first_reason AS c ON r.return_id = c.return_id AND c.place = 1
WHERE r.status = 'open'
ORDER BY CASE WHEN r.download_deadline >= s.as_of THEN 0 WHEN r.download_deadline IS NULL THEN 1 ELSE 2 END,
    CASE WHEN r.download_deadline >= s.as_of THEN r.download_deadline END NULLS LAST,
    r.download_deadline DESC NULLS LAST,
    r.points DESC NULLS LAST,
    r.service_month,
    r.return_id
