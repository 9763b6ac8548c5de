-- grain: breakdown × member × windows_closed × months × ending, with a count of returns
-- inputs: observed_returns
-- rule: every return once in each breakdown; breakdown `all` has the one member `all`
WITH breakdowns AS (
    SELECT b.position, b.breakdown
    FROM (VALUES
        (1, 'all'), (2, 'payer'), (3, 'stage'), (4, 'setting'),
        (5, 'insurer_class'), (6, 'category'), (7, 'department')
    ) AS b (position, breakdown)
),
members AS (
    SELECT
        b.position,
        b.breakdown,
        CASE b.breakdown
            WHEN 'payer' THEN o.payer
            WHEN 'stage' THEN o.stage
            WHEN 'setting' THEN o.setting
            WHEN 'insurer_class' THEN o.insurer_class
            WHEN 'category' THEN o.category
            WHEN 'department' THEN o.department
            ELSE 'all'
        END AS member,
        o.windows_closed,
        o.months,
        o.ending
    FROM observed_returns AS o
    CROSS JOIN breakdowns AS b
)
SELECT position, breakdown, member, windows_closed, months, ending, COUNT(*) AS returns
FROM members
GROUP BY position, breakdown, member, windows_closed, months, ending
