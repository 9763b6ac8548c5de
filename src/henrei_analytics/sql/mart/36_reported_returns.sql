-- mart.reported_returns
-- grain: one return that a payment notice reports; return_id NULL: a return we have not downloaded
-- inputs: core.reported_returns, core.time_rules
WITH downloads AS (
    SELECT CAST(value AS INTEGER) AS months FROM core.time_rules WHERE rule_id = 'download_months'
)
SELECT
    report_id, source, institution, payer, medium, stage, processing_month, received_month, service_month, setting,
    insurer_number, points, chart_number, receipt_number, reception_number, return_id,
    CASE
        WHEN medium = 'online'
            THEN CAST(received_month + TO_MONTHS(downloads.months + 1) - INTERVAL 1 DAY AS DATE)
    END AS download_deadline,
    file_id
FROM core.reported_returns
CROSS JOIN downloads
