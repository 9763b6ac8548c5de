-- grain: kind of key × key × category
-- inputs: claim_weights, repeats, return_span
-- rule: the repeats there would be if the returns had fallen on any claims: of each return its month and category stay,
--       and its key is drawn from the first claims of the window (claim_weights). Keys that had the category in the 12
--       months before. Returns of the window whose 12 months before are loaded.
WITH cells AS (
    SELECT r.kind, r.category, r.processing_number, COUNT(*) AS returns
    FROM repeats AS r
    CROSS JOIN return_span AS d
    WHERE r.in_window AND r.processing_number - 12 >= d.first_number
    GROUP BY r.kind, r.category, r.processing_number
),
keys_before AS (
    SELECT DISTINCT c.kind, c.category, c.processing_number, c.returns, b.repeat_key
    FROM cells AS c
    INNER JOIN repeats AS b
        ON c.kind = b.kind
        AND c.category = b.category
        AND b.processing_number BETWEEN c.processing_number - 12 AND c.processing_number - 1
)
SELECT b.kind, b.repeat_key, b.category, SUM(b.returns * k.weight) AS returns
FROM keys_before AS b
INNER JOIN claim_weights AS k ON b.kind = k.kind AND b.repeat_key = k.repeat_key
GROUP BY b.kind, b.repeat_key, b.category
