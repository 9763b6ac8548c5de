-- What the office filled in on a worklist: one row a field of a row, changed or not, with what identifies the receipt, so
-- that a decision finds its return again when the return is known by another id.
CREATE TABLE ledger.decision_edits (
    file_no INTEGER NOT NULL,
    line_no BIGINT NOT NULL,
    export_id VARCHAR NOT NULL,
    return_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    base_value VARCHAR,
    new_value VARCHAR,
    decided_by VARCHAR,
    decided_on DATE,
    known_conflicts VARCHAR[],
    institution VARCHAR NOT NULL,
    payer VARCHAR NOT NULL,
    processing_month DATE,
    service_month DATE,
    chart_number VARCHAR,
    points BIGINT,
    search_number VARCHAR
);
