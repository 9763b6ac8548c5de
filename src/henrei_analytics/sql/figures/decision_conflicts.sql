-- grain: one edit that contradicts another and is not settled
-- inputs: mart.decision_edits, mart.returns, scope
-- rule: somebody wrote another value than the one in force without knowing of it; the value in force is that of the
--       last edit of the field that was applied. Names the chart, because the two have to talk about the same receipt.
WITH edits AS (
    SELECT e.*
    FROM mart.decision_edits AS e
    INNER JOIN scope AS s ON e.institution = s.institution AND e.decided_on <= s.as_of
),
in_force AS (
    SELECT
        return_id,
        field,
        value,
        decided_by,
        row_number() OVER (PARTITION BY return_id, field ORDER BY edit_no DESC) AS place
    FROM edits
    WHERE state = 'applied'
)
SELECT
    r.chart_number,
    r.service_month,
    e.field,
    f.value AS present,
    f.decided_by AS present_by,
    e.value AS wanted,
    e.decided_by,
    e.decided_on
FROM edits AS e
INNER JOIN mart.returns AS r ON e.return_id = r.return_id
LEFT JOIN in_force AS f ON e.return_id = f.return_id AND e.field = f.field AND f.place = 1
WHERE e.state = 'conflict' AND NOT e.is_settled
ORDER BY e.decided_on, e.edit_no, e.return_id, e.field
