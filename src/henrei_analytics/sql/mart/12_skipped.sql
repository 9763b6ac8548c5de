-- mart.skipped
-- grain: one record type of one file whose lines are not needed
-- inputs: ledger.skipped, ledger.files
SELECT files.file_id, skipped.record_type, skipped.lines
FROM ledger.skipped AS skipped
INNER JOIN ledger.files AS files ON files.file_no = skipped.file_no AND files.state = 'loaded'
