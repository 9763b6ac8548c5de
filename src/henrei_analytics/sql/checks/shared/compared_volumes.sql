-- checks.shared.compared_volumes
-- grain: payer × claim month with at least 3 months within 3 months of it
-- inputs: checked_volumes
-- rule: usual is the median of those neighbours; where it is under 20 claims nothing can be said
SELECT v.payer, v.month, v.claims, MEDIAN(n.claims) AS usual
FROM checked_volumes AS v
INNER JOIN checked_volumes AS n
    ON v.payer = n.payer
    AND n.month_number BETWEEN v.month_number - 3 AND v.month_number + 3
    AND n.month_number <> v.month_number
GROUP BY v.payer, v.month, v.claims
HAVING COUNT(*) >= 3 AND MEDIAN(n.claims) >= 20
