-- core.known_prefectures
-- grain: one institution whose prefecture some file tells
-- inputs: ledger.blocks, ledger.files
-- rule: a file without an official name may not tell its prefecture; an institution known from other files does
SELECT blocks.fee_table, blocks.code, MIN(blocks.prefecture) AS prefecture
FROM ledger.blocks AS blocks
INNER JOIN ledger.files AS files ON files.file_no = blocks.file_no AND files.state = 'loaded'
WHERE blocks.prefecture IS NOT NULL
GROUP BY blocks.fee_table, blocks.code
HAVING COUNT(DISTINCT blocks.prefecture) = 1
