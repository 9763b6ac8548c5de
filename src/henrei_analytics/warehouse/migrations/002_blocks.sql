-- Blocks: a file may hold several headers (one a 診療科 or 送信回), each with its month. Older files had one kept in
-- ledger.notice_blocks; there the header's month was the care month.
ALTER TABLE ledger.files ADD COLUMN kind VARCHAR;
CREATE TABLE ledger.blocks (
    file_no INTEGER NOT NULL,
    block_no BIGINT NOT NULL,
    payer VARCHAR,
    prefecture VARCHAR,
    fee_table VARCHAR,
    code VARCHAR,
    institution_name VARCHAR,
    department VARCHAR,
    sending VARCHAR,
    setting VARCHAR,
    month DATE,
    service_month DATE,
    name_month DATE,
    default_month DATE
);
CREATE TABLE IF NOT EXISTS ledger.notice_blocks (
    file_no INTEGER, line_no BIGINT, receipt_no BIGINT, block_no BIGINT, service_month DATE, department VARCHAR
);
INSERT INTO ledger.blocks BY NAME
SELECT
    files.file_no,
    COALESCE(blocks.block_no, 1) AS block_no,
    files.payer,
    files.prefecture,
    files.fee_table,
    files.code,
    files.institution_name,
    blocks.department,
    files.month,
    COALESCE(blocks.service_month, files.service_month) AS service_month,
    files.name_month,
    CAST(COALESCE(blocks.service_month, files.service_month) + INTERVAL 1 MONTH AS DATE) AS default_month
FROM ledger.files AS files
LEFT JOIN ledger.notice_blocks AS blocks ON blocks.file_no = files.file_no
WHERE files.state = 'loaded';
UPDATE ledger.files SET kind = layout WHERE layout = 'henr';
DROP TABLE ledger.notice_blocks;
-- What the office says came not: a month without returns leaves no file.
CREATE TABLE ledger.declarations (
    institution VARCHAR NOT NULL,
    payer VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    month DATE NOT NULL,
    declared_at TIMESTAMP NOT NULL
);
