-- grain: payer × months between service month and processing month
-- inputs: known_returns
-- rule: first-review returns of the window; the most frequent distance must be 1 month, otherwise
--       the file's month means something else and every turnaround is shifted
WITH distances AS (
    SELECT payer, processing_number - service_number AS months, COUNT(*) AS returns
    FROM known_returns
    WHERE stage = 'first_review' AND in_window AND service_number IS NOT NULL
    GROUP BY payer, processing_number - service_number
),
modes AS (
    SELECT
        payer,
        months,
        row_number() OVER (PARTITION BY payer ORDER BY returns DESC, months) AS place
    FROM distances
)
SELECT
    d.payer,
    d.months,
    d.returns,
    m.months AS mode,
    m.months = 1 AS ok
FROM distances AS d
INNER JOIN modes AS m ON d.payer = m.payer AND m.place = 1
ORDER BY d.payer DESC, d.months
