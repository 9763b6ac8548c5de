-- mart.prevention_actions
-- grain: one prevention action (取組) that the office has recorded
-- inputs: core.prevention_actions, mart.as_of
-- rule: what was done by as_of; an action of a later day is not known yet. Department, payer, insurer NULL: all.
SELECT
    actions.action_id, actions.institution, actions.acted_on, actions.category, actions.department, actions.payer,
    actions.insurer_number, actions.note, actions.file_id
FROM core.prevention_actions AS actions
CROSS JOIN mart.as_of AS known
WHERE actions.acted_on <= known.as_of
