-- mart.as_of
-- grain: one row
-- rule: the date every status is computed for: SET VARIABLE as_of = DATE '…', without one today
SELECT COALESCE(CAST(GETVARIABLE('as_of') AS DATE), CURRENT_DATE) AS as_of
