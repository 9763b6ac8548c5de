"""Ties 1 M returns to 20 M claims with the project's own models; time, memory, and a plain loop beside it.

    python benchmarks/linking_scale.py [--returns 1000000] [--memory 2GB] [--repeat 1]

The tables are invented in SQL: institutions, five years of months, every patient claimed every month, a share of the
claims returned, most of them claimed again: with their 検索番号, keyed by hand without it, or to the other payer.
Beside it, in the same run, the simplest alternative does only the first and easiest pass (equal numbers): a
dictionary filled from the returns and a loop over the claims that carry a number.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from henrei_analytics.warehouse.database import sql_files

MODELS = (
    "history_numbers", "return_claims", "reclaim_candidates", "reclaims", "previous_returns", "rounds",
    "resubmissions", "paid_reclaims", "duplicate_reclaims",
)  # fmt: skip
CLAIMS_PER_RETURN = 20
MONTHS = 60

WORLD = """
CREATE SCHEMA core; CREATE SCHEMA ledger;
CREATE TABLE first_claims AS
SELECT
    number,
    number % {patients} AS patient,
    CAST(DATE '2021-10-01' + TO_MONTHS(CAST(number // {patients} AS INTEGER)) AS DATE) AS service_month,
    HASH(number) % {every} = 0 AND number // {patients} < {months} - 8 AS is_returned,
    CAST(HASH(number, 'fate') % 100 AS INTEGER) AS fate,
    CAST(HASH(number, 'delay') % 5 AS INTEGER) AS delay,
    CAST(100 + HASH(number, 'points') % 2000 AS BIGINT) AS points,
    CAST(1 + HASH(number, 'days') % 4 AS BIGINT) AS days
FROM RANGE({claims}) AS numbers (number);
CREATE TABLE people AS
SELECT
    patient,
    '13199' || LPAD(CAST(patient % 50 AS VARCHAR), 5, '0') AS institution,
    CASE WHEN HASH(patient, 'payer') % 2 = 0 THEN 'shaho' ELSE 'kokuho' END AS payer,
    LPAD(CAST(HASH(patient, 'insurer') % 1000 AS VARCHAR), 8, '0') AS insurer_number,
    MD5(CAST(patient AS VARCHAR)) AS patient_key,
    CAST(patient AS VARCHAR) AS chart_key
FROM RANGE({patients}) AS patients (patient);
CREATE TABLE core.claims AS
WITH numbered AS (
    SELECT first_claims.*, people.* EXCLUDE (patient) FROM first_claims INNER JOIN people USING (patient)
)
SELECT
    'c' || CAST(number AS VARCHAR) AS claim_id, institution, payer,
    CAST(service_month + TO_MONTHS(1) AS DATE) AS claim_month, service_month, '1112' AS claim_type,
    'outpatient' AS setting, '01' AS department, insurer_number, points, days, patient_key, patient_key AS name_key,
    chart_key AS chart_number, chart_key, CAST(NULL AS VARCHAR) AS search_number, FALSE AS is_number_from_history,
    FALSE AS is_resubmission, CAST(number AS BIGINT) AS receipt_number, 'uke' AS source, 1 AS file_no, number AS receipt_no
FROM numbered
UNION ALL
SELECT
    'r' || CAST(number AS VARCHAR), institution,
    CASE WHEN fate >= 98 AND payer = 'shaho' THEN 'kokuho' WHEN fate >= 98 THEN 'shaho' ELSE payer END,
    CAST(service_month + TO_MONTHS(2 + delay) AS DATE), service_month,
    CASE WHEN fate >= 98 THEN '1116' ELSE '1112' END, 'outpatient', '01',
    CASE WHEN fate >= 98 THEN '99999999' ELSE insurer_number END, points, days,
    CASE WHEN fate BETWEEN 94 AND 97 THEN MD5(patient_key) ELSE patient_key END, patient_key, chart_key, chart_key,
    CASE WHEN fate < 90 THEN '9' || LPAD(CAST(number AS VARCHAR), 19, '0') END, FALSE, fate < 90, NULL, 'uke', 2, number
FROM numbered
WHERE is_returned AND HASH(number, 'answered') % 10 < 9;
CREATE TABLE core.returns AS
SELECT
    institution || '-' || payer || '-' || '9' || LPAD(CAST(number AS VARCHAR), 19, '0') AS return_id, institution, payer,
    'first_review' AS stage, 'hen' AS source, CAST(NULL AS VARCHAR) AS notice_id,
    CAST(service_month + TO_MONTHS(1) AS DATE) AS processing_month,
    CAST(service_month + TO_MONTHS(2) AS DATE) AS received_month, service_month, '1112' AS claim_type,
    'outpatient' AS setting, insurer_number, points, days, patient_key, chart_key,
    '9' || LPAD(CAST(number AS VARCHAR), 19, '0') AS search_number, CAST(NULL AS VARCHAR) AS reception_number,
    3 AS file_no, number AS receipt_no
FROM first_claims INNER JOIN people USING (patient)
WHERE is_returned;
CREATE TABLE ledger.history_receipts AS
SELECT file_no, receipt_no, search_number, CAST(1 AS BIGINT) AS line_no FROM core.returns
UNION ALL
SELECT file_no, receipt_no, search_number, 1 FROM core.claims WHERE search_number IS NOT NULL;
CREATE TABLE ledger.history_reasons AS
SELECT file_no, receipt_no, search_number, CAST(2 AS BIGINT) AS line_no, processing_month, CAST(1 AS BIGINT) AS return_class
FROM core.returns;
CREATE TABLE ledger.history_claims (file_no INTEGER, receipt_no BIGINT, claim_month DATE);
CREATE TABLE core.notice_claims (notice_id VARCHAR, claim_id VARCHAR);
CREATE TABLE core.payments (
    institution VARCHAR, payer VARCHAR, processing_month DATE, service_month DATE, claimed_points BIGINT,
    reception_number VARCHAR, receipt_number BIGINT, chart_number VARCHAR, patient_key VARCHAR, outcome VARCHAR,
    is_newest BOOLEAN
);
DROP TABLE first_claims; DROP TABLE people;
"""


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--returns", type=int, default=1_000_000)
    options.add_argument("--memory", default="2GB", help="memory limit of DuckDB while it links")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--repeat", type=int, default=1)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        con = duckdb.connect(str(Path(folder) / "world.duckdb"))
        con.execute(f"SET threads = {asked.threads}; SET preserve_insertion_order = false")
        con.execute(f"SET memory_limit = '{asked.memory}'")
        claims = asked.returns * CLAIMS_PER_RETURN
        # the months at the end leave no time to be returned
        every = round(CLAIMS_PER_RETURN * (MONTHS - 8) / MONTHS)
        con.execute(WORLD.format(claims=claims, patients=claims // MONTHS, months=MONTHS, every=every))
        counts = [
            con.execute(f"SELECT COUNT(*) FROM core.{t}").fetchall()[0][0] for t in ("returns", "claims")
        ]
        print(
            f"{counts[0]:,} returns, {counts[1]:,} claims, memory limit {asked.memory}, {asked.threads} threads"
        )
        for _ in range(asked.repeat):
            linking, loop = link(con), plain_loop(con)
            print(
                f"all passes {linking:.0f} s · plain loop, numbers only {loop:.0f} s · ratio {linking / loop:.2f}"
            )
        print(
            f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB (the loop included)"
        )
        judge(con)


def link(con: duckdb.DuckDBPyConnection) -> float:
    """Seconds of all linking models, each told."""
    texts = dict(sql_files("core"))
    begin = time.perf_counter()
    for name in MODELS:
        start = time.perf_counter()
        con.execute(f"CREATE OR REPLACE TABLE core.{name} AS\n{texts[name]}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"  {name:20} {time.perf_counter() - start:6.1f} s   peak so far {peak:,.0f} MB")
    return time.perf_counter() - begin


def plain_loop(con: duckdb.DuckDBPyConnection) -> float:
    """Seconds of the first pass alone, in plain Python."""
    start = time.perf_counter()
    keys = con.execute("SELECT payer, search_number, return_id, received_month FROM core.returns")
    returns = {(payer, number): (name, month) for payer, number, name, month in keys.fetchall()}
    answers: dict[str, tuple] = {}
    rows = con.execute("SELECT payer, search_number, claim_id, claim_month FROM core.claims")
    while batch := rows.fetchmany(100_000):
        for payer, number, claim, month in batch:
            if number and (found := returns.get((payer, number))) and month >= found[1]:
                answers[found[0]] = min(answers.get(found[0], (month, claim)), (month, claim))
    return time.perf_counter() - start


def judge(con: duckdb.DuckDBPyConnection) -> None:
    """How many of the made pairs were found, and whether any other was."""
    wrong = con.execute(
        "SELECT COUNT(*) FROM core.reclaims INNER JOIN core.returns USING (return_id) "
        "WHERE CAST(SUBSTR(claim_id, 2) AS BIGINT) <> receipt_no"
    ).fetchall()[0][0]
    made = con.execute("SELECT COUNT(*) FROM core.claims WHERE file_no = 2").fetchall()[0][0]
    found = con.execute("SELECT COUNT(*) FROM core.reclaims").fetchall()[0][0]
    print(f"{made:,} re-claims made, {found:,} linked, {wrong:,} of them wrong")
    by_rule = con.execute(
        "SELECT link_rule, COUNT(*) FROM core.reclaims GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    print("  " + ", ".join(f"{rule} {count:,}" for rule, count in by_rule))


if __name__ == "__main__":
    sys.exit(main())
