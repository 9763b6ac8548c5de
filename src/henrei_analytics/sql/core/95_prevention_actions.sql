-- core.prevention_actions
-- grain: one prevention action (取組) of the office, whenever it is or will be acted on
-- inputs: core.blocks, ledger.prevention_actions
-- rule: one action = institution, day, category, department, payer and insurer, in however many files; its text is that
--       of the newest. action_id is made of these alone, so that it stays when the list is saved again.
WITH ranked AS (
    SELECT
        blocks.institution,
        blocks.file_id,
        actions.acted_on,
        actions.category,
        actions.department,
        actions.payer,
        actions.insurer_number,
        actions.note,
        ROW_NUMBER() OVER (
            PARTITION BY blocks.institution, actions.acted_on, actions.category, actions.department, actions.payer,
                actions.insurer_number
            ORDER BY blocks.file_time DESC, blocks.file_id DESC, actions.line_no
        ) AS version
    FROM core.blocks AS blocks
    INNER JOIN ledger.prevention_actions AS actions
        ON actions.file_no = blocks.file_no AND actions.block_no = blocks.block_no
)
SELECT
    SUBSTR(
        MD5(
            institution || '|' || CAST(acted_on AS VARCHAR) || '|' || category || '|' || COALESCE(department, '') || '|'
            || COALESCE(payer, '') || '|' || COALESCE(insurer_number, '')
        ),
        1,
        16
    ) AS action_id,
    institution,
    acted_on,
    category,
    department,
    payer,
    insurer_number,
    note,
    file_id
FROM ranked
WHERE version = 1
