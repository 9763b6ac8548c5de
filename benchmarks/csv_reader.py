"""The obvious alternative: csv.reader over the decoded text, one row at a time, doing the same job.

The job: count every record type, number lines and receipts, turn the wanted items into typed values, hash people,
collect the tables. It leaves out what only the project's reader does (history blocks, quarantine messages), so the
comparison is in its favour.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from pathlib import Path

import polars as pl

KEY = b"k" * 32


def read(paths: Iterable[Path]) -> tuple[dict[str, pl.DataFrame], Counter]:
    """Tables of all files, and lines by record type."""
    receipts, insurers, public_payers, totals, counts = [], [], [], [], Counter()
    for file_no, path in enumerate(paths):
        receipt_no = 0
        code = ""
        with path.open(encoding="cp932", errors="replace", newline="") as file:
            for line_no, row in enumerate(csv.reader(file, quoting=csv.QUOTE_NONE), 1):
                kind = row[0] if row else ""
                counts[kind] += 1
                if kind == "RE":
                    receipt_no += 1
                    month = date(int(row[3][:4]), int(row[3][4:6]), 1)
                    person = "\x1f".join((row[4].replace("　", ""), code, row[5], row[6]))
                    key = blake2b(person.encode(), key=KEY, digest_size=16).hexdigest()
                    receipts.append((file_no, line_no, receipt_no, row[2], month, row[13], row[18], row[21], key))
                elif kind in ("HO", "KO"):
                    table = insurers if kind == "HO" else public_payers
                    table.append((file_no, line_no, receipt_no, row[1].strip(), int(row[4] or 0), int(row[5] or 0)))
                elif kind == "IR":
                    code = row[4]
                elif kind in ("GO", "HG"):
                    totals.append((file_no, line_no, int(row[1]), int(row[2])))
    tables = {"receipts": receipts, "insurers": insurers, "public_payers": public_payers, "totals": totals}
    return {name: pl.DataFrame(rows, orient="row") for name, rows in tables.items() if rows}, counts
