-- grain: prevention action × month from 6 before to 12 after it whose returns have arrived
-- inputs: mart.departments, action_cells
-- rule: as action_cells has it; the action's own month is shown and belongs to neither side. action_place 1 is the
--       newest action.
SELECT
    c.action_id,
    DENSE_RANK() OVER (ORDER BY c.acted_on DESC, c.action_id) AS action_place,
    c.acted_on,
    c.category,
    COALESCE(
        NULLIF(
            CONCAT_WS(
                '・',
                COALESCE(d.label_ja, c.department),
                CASE c.payer WHEN 'shaho' THEN '社保' WHEN 'kokuho' THEN '国保' END,
                c.insurer_number
            ),
            ''
        ),
        '全体'
    ) AS target,
    CONCAT('取組：', c.category) AS label_ja,
    c.month,
    c.months_after,
    CASE WHEN c.months_after < 0 THEN 'before' WHEN c.months_after = 0 THEN 'action' ELSE 'after' END AS phase,
    c.numerator,
    c.denominator
FROM action_cells AS c
LEFT JOIN mart.departments AS d ON c.department = d.department
WHERE c.has_arrived
ORDER BY c.acted_on DESC, c.action_id, c.months_after
