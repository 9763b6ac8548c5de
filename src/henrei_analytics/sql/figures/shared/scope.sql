-- grain: one row: for whom, for which months and as of which day the figures are computed
-- inputs: asked, mart.time_rules
-- rule: the window of months_back months ends in the month asked for. Claims and re-claims go from the first to the last
--       day of the claim window, by the rule in force at as_of: the window open then, else the next to come. Before its
--       last day nobody can know whether a return misses this month's, so the month is not counted against it
--       (closed_window_number). What is sent in the month comes back in the next, and can be downloaded until the end of
--       the month download_months later (month_download_deadline). A month_number is year*12+month, so that differences
--       are whole months.
WITH days AS (
    SELECT
        MAX(CASE WHEN r.rule_id = 'claim_window_first_day' THEN r.value END) AS first_day,
        MAX(CASE WHEN r.rule_id = 'claim_window_last_day' THEN r.value END) AS last_day,
        MAX(CASE WHEN r.rule_id = 'download_months' THEN r.value END) AS download_months
    FROM mart.time_rules AS r
    CROSS JOIN asked AS a
    WHERE a.as_of BETWEEN COALESCE(r.valid_from, DATE '0001-01-01') AND COALESCE(r.valid_to, DATE '9999-12-31')
),
numbered AS (
    SELECT
        a.*,
        year(a.month) * 12 + month(a.month) AS month_number,
        year(a.as_of) * 12 + month(a.as_of) AS as_of_month_number,
        year(a.as_of) * 12 + month(a.as_of) + CASE WHEN day(a.as_of) > d.last_day THEN 1 ELSE 0 END AS window_number,
        d.first_day,
        d.last_day,
        d.download_months
    FROM asked AS a
    CROSS JOIN days AS d
)
SELECT
    n.institution,
    n.month,
    n.as_of,
    n.months_back,
    n.first_month,
    make_date(CAST(floor((n.window_number - 1) / 12) AS INTEGER), (n.window_number - 1) % 12 + 1, n.first_day)
        AS next_window_start,
    make_date(CAST(floor((n.window_number - 1) / 12) AS INTEGER), (n.window_number - 1) % 12 + 1, n.last_day)
        AS next_window_end,
    n.due_until,
    CAST(last_day(n.month + INTERVAL '1' MONTH * (1 + n.download_months)) AS DATE) AS month_download_deadline,
    n.month_number,
    n.month_number - n.months_back + 1 AS first_month_number,
    n.as_of_month_number,
    n.as_of_month_number - CASE WHEN day(n.as_of) >= n.last_day THEN 0 ELSE 1 END AS closed_window_number
FROM numbered AS n
