-- mart.as_of
-- grain: one row
-- inputs: core.returns
-- rule: the date every status is computed for: SET VARIABLE as_of = DATE '…'; without one today, or the month the
--       newest return arrived in where the clock is behind the files
SELECT
    COALESCE(
        CAST(GETVARIABLE('as_of') AS DATE), GREATEST(CURRENT_DATE, (SELECT MAX(received_month) FROM core.returns))
    ) AS as_of
