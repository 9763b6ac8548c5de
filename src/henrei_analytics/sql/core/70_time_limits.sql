-- core.time_limits
-- grain: one return, with the dates its claim lives by
-- inputs: core.returns, core.time_rules
-- rule: the file can be downloaded until the last day of received_month + 2. The right to claim runs from the first
--       of a month after care (支払基金 1, 国保連 3) for 3 years, 5 for care since 2020-04; the last day is given.
--       All numbers are rules (time_rules.csv), those of the right to claim dated by service month.
WITH rules AS (
    SELECT
        rule_id,
        payer,
        CAST(value AS INTEGER) AS value,
        COALESCE(CAST(valid_from AS DATE), DATE '0001-01-01') AS valid_from,
        COALESCE(CAST(valid_to AS DATE), DATE '9999-12-31') AS valid_to
    FROM core.time_rules
)
SELECT
    returns.return_id,
    CASE
        WHEN returns.medium = 'online'
            THEN CAST(returns.received_month + TO_MONTHS(downloads.value + 1) - INTERVAL 1 DAY AS DATE)
    END AS download_deadline,
    CAST(
        returns.service_month + TO_MONTHS(starts.value) + TO_YEARS(years.value) - INTERVAL 1 DAY AS DATE
    ) AS claim_right_expires
FROM core.returns AS returns
INNER JOIN rules AS starts
    ON starts.rule_id = 'limitation_start_months'
    AND starts.payer = returns.payer
    AND returns.service_month BETWEEN starts.valid_from AND starts.valid_to
INNER JOIN rules AS years
    ON years.rule_id = 'limitation_years' AND returns.service_month BETWEEN years.valid_from AND years.valid_to
INNER JOIN rules AS downloads ON downloads.rule_id = 'download_months'
