-- grain: one row per open return, the first six of the work list
-- inputs: mart.worklist, scope
-- rule: the order of the work list; without chart numbers, which stand on the page of the work list only
WITH ranked AS (
    SELECT
        w.*,
        row_number() OVER (ORDER BY w.deadline NULLS LAST, w.yen DESC NULLS LAST, w.return_id) AS rank
    FROM mart.worklist AS w
    INNER JOIN scope AS s ON w.institution = s.institution
)
SELECT
    rank,
    urgency,
    deadline,
    days_left,
    service_month,
    payer,
    insurer_number,
    reason_category,
    yen
FROM ranked
WHERE rank <= 6
ORDER BY rank
