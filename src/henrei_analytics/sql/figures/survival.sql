-- grain: payer (shaho, kokuho, all) × months × reclaimed; the survival table is made from it
-- inputs: durations
-- rule: every return of the window, also those still open
SELECT payer, months, reclaimed, CAST(SUM(returns) AS BIGINT) AS returns
FROM durations
GROUP BY payer, months, reclaimed
ORDER BY payer, months, reclaimed
