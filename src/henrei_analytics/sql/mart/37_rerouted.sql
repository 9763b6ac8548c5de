-- mart.rerouted
-- grain: one receipt the payer moved, split, billed as written, or gave its 枝番: never a return
-- inputs: core.rerouted
SELECT
    rerouted_id, institution, payer, stage, processing_month, service_month, outcome, insurer_number, new_payer,
    new_insurer_number, parts, points, chart_number, search_number, source, file_id
FROM core.rerouted
