-- mart.quarantine
-- grain: one line set aside, or (line_number NULL) one file that could not be loaded whole
-- inputs: ledger.quarantine, ledger.files, ledger.sightings
-- rule: the message never holds content of the line
WITH named AS (
    SELECT files.file_no, files.file_id, files.state, files.rule, files.message, MIN_BY(sightings.name, (sightings.file_time, sightings.name)) AS name
    FROM ledger.files AS files
    INNER JOIN ledger.sightings AS sightings ON sightings.file_id = files.file_id
    GROUP BY files.file_no, files.file_id, files.state, files.rule, files.message
)
SELECT named.file_id, named.name, quarantine.line_no AS line_number, quarantine.rule, quarantine.message
FROM ledger.quarantine AS quarantine
INNER JOIN named ON named.file_no = quarantine.file_no AND named.state = 'loaded'
UNION ALL
SELECT file_id, name, NULL, rule, message
FROM named
WHERE state = 'rejected'
