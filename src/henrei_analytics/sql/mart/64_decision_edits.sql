-- mart.decision_edits
-- grain: one edit of one field of one return, in the order they took effect
-- inputs: core.decision_edits
-- rule: see core.decision_edits; is_settled is NULL but for conflicts
SELECT
    return_id, institution, field, value, base_value, decided_by, decided_on, state, is_settled, file_id, line_no,
    edit_id, edit_no
FROM core.decision_edits
