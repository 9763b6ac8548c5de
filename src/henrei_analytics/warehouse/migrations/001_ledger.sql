-- What was read: files, the copies they were seen as, and the lines that were not loaded.
CREATE SCHEMA IF NOT EXISTS core;
CREATE SCHEMA IF NOT EXISTS mart;
CREATE TABLE ledger.files (
    file_no INTEGER PRIMARY KEY,
    file_id VARCHAR NOT NULL,
    layout VARCHAR,
    header VARCHAR,
    trailer VARCHAR,
    payer VARCHAR,
    prefecture VARCHAR,
    fee_table VARCHAR,
    code VARCHAR,
    institution_name VARCHAR,
    month DATE,
    service_month DATE,
    name_month DATE,
    system VARCHAR,
    volume VARCHAR,
    loaded_at TIMESTAMP NOT NULL,
    state VARCHAR NOT NULL,
    lines BIGINT NOT NULL,
    lines_loaded BIGINT NOT NULL,
    lines_skipped BIGINT NOT NULL,
    lines_quarantined BIGINT NOT NULL,
    lines_replaced BIGINT NOT NULL,
    rule VARCHAR,
    message VARCHAR
);
CREATE TABLE ledger.sightings (
    file_id VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    file_time TIMESTAMP NOT NULL
);
CREATE TABLE ledger.skipped (file_no INTEGER NOT NULL, record_type VARCHAR NOT NULL, lines BIGINT NOT NULL);
CREATE TABLE ledger.quarantine (
    file_no INTEGER NOT NULL,
    line_no BIGINT,
    record_type VARCHAR,
    rule VARCHAR NOT NULL,
    message VARCHAR NOT NULL
);
