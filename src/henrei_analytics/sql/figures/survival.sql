-- grain: payer (shaho, kokuho, all) × windows_closed × months × ending; the survival table is made from it
-- inputs: durations
-- rule: every return of the window, also those still open
SELECT member AS payer, windows_closed, months, ending, returns
FROM durations
WHERE breakdown IN ('all', 'payer')
ORDER BY member, windows_closed, months, ending NULLS LAST
