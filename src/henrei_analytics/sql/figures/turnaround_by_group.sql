-- grain: breakdown × member × windows_closed × months × ending; summarised by member from it
-- inputs: durations
-- rule: every return of the window, also those still open, once in each breakdown
SELECT breakdown, member, windows_closed, months, ending, returns
FROM durations
WHERE breakdown <> 'all'
ORDER BY position, member, windows_closed, months, ending NULLS LAST
