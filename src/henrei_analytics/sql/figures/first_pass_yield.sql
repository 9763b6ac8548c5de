-- grain: claim month of the window × payer (shaho, kokuho, all) × setting (inpatient, outpatient, all)
-- inputs: mart.journeys, known_returns, rate_cells, scope
-- rule: denominator = first claims of the month; numerator = those never returned so far. Returned: at
--       first review (numerator of rate_cells), or for the first time at re-examination. The latter counts
--       for the month it was first claimed in, where that is not known for the month after care. NULL where
--       claims or returns of the month are not known (rate_cells). A month is young (not final) for 9
--       months: insurers have 6 months to ask, and the answer takes its time.
WITH re_examined AS (
    SELECT
        r.payer,
        r.setting,
        COALESCE(
            year(j.first_claim_month) * 12 + month(j.first_claim_month), r.service_number + 1
        ) AS month_number
    FROM known_returns AS r
    LEFT JOIN mart.journeys AS j ON r.journey_id = j.journey_id
    WHERE r.round = 1 AND r.stage = 're_examination'
),
re_examined_by_level AS (
    SELECT
        month_number,
        COALESCE(payer, 'all') AS payer,
        COALESCE(setting, 'all') AS setting,
        COUNT(*) AS returns
    FROM re_examined
    GROUP BY GROUPING SETS (
        (month_number, payer, setting),
        (month_number, payer),
        (month_number, setting),
        (month_number)
    )
),
counted AS (
    SELECT
        c.month,
        c.month_number,
        c.payer,
        c.setting,
        c.denominator,
        c.numerator AS first_review,
        COALESCE(e.returns, 0) AS re_examination
    FROM rate_cells AS c
    LEFT JOIN re_examined_by_level AS e
        ON c.month_number = e.month_number AND c.payer = e.payer AND c.setting = e.setting
)
SELECT
    c.month,
    c.payer,
    c.setting,
    c.denominator,
    c.first_review,
    c.re_examination,
    CASE
        WHEN c.first_review + c.re_examination <= c.denominator
            THEN CAST(c.denominator - c.first_review - c.re_examination AS BIGINT)
    END AS numerator,
    s.as_of_month_number - c.month_number >= 9 AS is_final
FROM counted AS c
CROSS JOIN scope AS s
ORDER BY CASE c.payer WHEN 'shaho' THEN 1 WHEN 'kokuho' THEN 2 ELSE 3 END,
    CASE c.setting WHEN 'inpatient' THEN 1 WHEN 'outpatient' THEN 2 ELSE 3 END,
    c.month
