-- grain: one open return, the six to begin with
-- inputs: mart.worklist, scope
-- rule: overdue and due within 7 days in the order of the work list, then the largest sums: where no deadline is near,
--       money decides. Without chart numbers, which stand on the page of the work list only
WITH ranked AS (
    SELECT
        w.*,
        row_number() OVER (
            ORDER BY
                CASE w.urgency WHEN 'overdue' THEN 1 WHEN 'soon' THEN 2 ELSE 3 END,
                CASE WHEN w.urgency IN ('overdue', 'soon') THEN w.deadline END NULLS LAST,
                w.yen DESC NULLS LAST,
                w.return_id
        ) AS rank
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
