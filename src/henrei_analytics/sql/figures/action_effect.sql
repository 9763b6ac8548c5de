-- grain: prevention action × month from 6 before to 12 after it; before and after are made from it
-- inputs: mart.departments, action_cells
-- rule: as action_cells has it
SELECT
    c.action_id,
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
    c.note AS action_note,
    c.months_after,
    c.month,
    c.has_arrived,
    c.numerator,
    c.denominator
FROM action_cells AS c
LEFT JOIN mart.departments AS d ON c.department = d.department
ORDER BY c.acted_on DESC, c.action_id, c.months_after
