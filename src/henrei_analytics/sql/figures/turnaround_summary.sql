-- grain: payer (shaho, kokuho, all) × months × reclaimed × windows_closed; summarised from it
-- inputs: durations
-- rule: every return of the window, also those still open
SELECT payer, months, reclaimed, windows_closed, returns
FROM durations
ORDER BY payer, months, reclaimed, windows_closed
