-- grain: department × category, the 20 with most repeats
-- inputs: mart.departments, repeat_ranks
-- rule: returns of the window that repeat a category of the same department 1 to 12 months before
SELECT
    r.rank,
    r.repeat_key AS department,
    COALESCE(d.label_ja, r.repeat_key) AS label_ja,
    r.category,
    r.returns,
    r.repeats,
    r.pairs,
    r.months,
    r.last_month,
    r.points
FROM repeat_ranks AS r
LEFT JOIN mart.departments AS d ON r.repeat_key = d.department
WHERE r.kind = 'department' AND r.rank <= 20
ORDER BY r.rank
