-- grain: one row per open return
-- inputs: mart.return_reasons, known_returns
-- rule: everything open at as_of, whatever its month; most urgent first, then most yen. Returns
--       without a file (paper) have no download deadline and come last. The only figure that
--       carries chart numbers, because somebody has to take out the chart.
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
LEFT JOIN first_reason AS c ON r.return_id = c.return_id AND c.place = 1
WHERE r.status = 'open'
ORDER BY r.download_deadline NULLS LAST, r.points DESC, r.service_month, r.return_id
