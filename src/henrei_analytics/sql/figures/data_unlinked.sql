-- grain: what could not be tied × payer × month
-- inputs: mart.unlinked, scope
-- rule: months of the window up to as_of (re-claims are later than the returns they answer)
SELECT u.what, u.payer, u.month, COUNT(*) AS count
FROM mart.unlinked AS u
INNER JOIN scope AS s ON u.institution = s.institution
WHERE u.month BETWEEN s.first_month AND s.as_of
GROUP BY u.what, u.payer, u.month
ORDER BY u.month DESC NULLS LAST, u.what, u.payer DESC NULLS LAST
