-- mart.time_rules
-- grain: one stretch of time in which a rule has one value
-- inputs: core.time_rules, core.sources
-- rule: the rules in force, own ones before the shipped ones; an open end of the time is NULL. The source is the title of
--       a listed source, else what the office wrote.
SELECT
    rules.rule_id,
    rules.payer,
    CAST(rules.value AS INTEGER) AS value,
    rules.unit,
    CAST(rules.valid_from AS DATE) AS valid_from,
    CAST(rules.valid_to AS DATE) AS valid_to,
    COALESCE(sources.title, rules.source_id) AS source
FROM core.time_rules AS rules
LEFT JOIN core.sources AS sources ON sources.source_id = rules.source_id
