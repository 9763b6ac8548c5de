-- grain: insurer × category, the 20 with most repeats
-- inputs: repeat_ranks
-- rule: returns of the window that repeat a category of the same insurer 1 to 12 months before
SELECT
    r.rank,
    r.repeat_key AS insurer_number,
    r.category,
    r.returns,
    r.repeats,
    r.pairs,
    r.months,
    r.last_month,
    r.points
FROM repeat_ranks AS r
WHERE r.kind = 'insurer' AND r.rank <= 20
ORDER BY r.rank
