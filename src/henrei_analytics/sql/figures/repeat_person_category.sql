-- grain: person who keyed the claim × category, the 20 with most repeats
-- inputs: repeat_ranks
-- rule: no rows where no list tells who keyed the claims
SELECT
    r.rank,
    r.repeat_key AS entered_by,
    r.category,
    r.returns,
    r.repeats,
    r.pairs,
    r.months,
    r.last_month,
    r.points
FROM repeat_ranks AS r
WHERE r.kind = 'person' AND r.rank <= 20
ORDER BY r.rank
