-- core.rounds
-- grain: one return, with its place in its chain
-- inputs: core.returns, core.previous_returns
-- rule: 1 for a receipt's first return, 2 for the next …; a journey bears the id of its first return
WITH RECURSIVE chain AS (
    SELECT returns.return_id, 1 AS round, returns.return_id AS journey_id
    FROM core.returns AS returns
    LEFT JOIN core.previous_returns AS links ON links.return_id = returns.return_id
    WHERE links.return_id IS NULL
    UNION ALL
    SELECT links.return_id, chain.round + 1, chain.journey_id
    FROM core.previous_returns AS links
    INNER JOIN chain ON chain.return_id = links.previous_return_id
)
SELECT return_id, round, journey_id
FROM chain
