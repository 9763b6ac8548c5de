-- grain: month × payer of which a payment notice reports first-review returns that are not loaded
-- inputs: mart.reported_returns, scope
-- rule: on paper or not; what is counted of such a month is less than what came back
SELECT DISTINCT year(r.processing_month) * 12 + month(r.processing_month) AS month_number, r.payer
FROM mart.reported_returns AS r
INNER JOIN scope AS s ON r.institution = s.institution
WHERE r.stage = 'first_review' AND r.return_id IS NULL
