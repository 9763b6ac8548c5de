"""Measure the reader and the loader against the obvious alternative, side by side in one run.

    python benchmarks/run.py                 1 GB as one file and as 5,000 files, 3 rounds
    python benchmarks/run.py --megabytes 100 --rounds 1

Every measurement is a process of its own; the variants take turns, so that a machine whose speed drifts treats
them alike. Read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import csv_reader
import made_files

RECEIPT_BYTES = len(made_files.receipt(1))
TARGETS = {"ratio": 6.0, "peak_mb": 500}


def read(paths: list[Path]) -> int:
    """The project's reader: every file to typed frames."""
    from henrei_analytics.formats import layout
    from henrei_analytics.formats.read import Reader
    from henrei_analytics.formats.scan import Input
    from henrei_analytics.privacy import Pseudonyms

    reader = Reader(layout.load("receipt"), Pseudonyms(csv_reader.KEY))
    inputs = ((Input(no, lambda path=path: path.open("rb")), path.name) for no, path in enumerate(paths))
    return sum(len(part.frames.get("receipts", ())) for part in reader.read(inputs))


def read_csv(paths: list[Path]) -> int:
    """The csv.reader loop."""
    tables, _ = csv_reader.read(paths)
    return len(tables["receipts"])


def load(paths: list[Path]) -> int:
    """`henrei load` into a new database, hashing, core models and all."""
    from henrei_analytics.warehouse import connect
    from henrei_analytics.warehouse.load import load as load_files

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "henrei.duckdb"
        load_files([paths[0].parent if len(paths) == 1 else paths[0].parents[1]], database)
        con = connect(database)
        return con.execute("SELECT SUM(receipts) FROM mart.files").fetchall()[0][0]


VARIANTS = {"reader": read, "csv": read_csv, "load": load}


def one(variant: str, folder: Path) -> None:
    """Run one variant in this process and print what it took."""
    paths = sorted(folder.rglob("*.UKE"))
    start = time.perf_counter()
    receipts = VARIANTS[variant](paths)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "receipts": int(receipts)}))


def measure(variant: str, folder: Path) -> dict:
    """Run one variant in a process of its own."""
    command = [sys.executable, __file__, "--one", variant, str(folder)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def prepare(folder: Path, megabytes: int, files: int) -> None:
    """The same receipts as one file and as many."""
    receipts = megabytes * 1_000_000 // RECEIPT_BYTES
    (folder / "one").mkdir()
    made_files.write(folder / "one" / "RECEIPTC.UKE", 1, receipts)
    each = max(receipts // files, 1)
    for no in range(files):
        place = folder / "many" / f"{no // 100:02d}"
        place.mkdir(parents=True, exist_ok=True)
        month = f"{2016 + no % 120 // 12}{1 + no % 12:02d}"
        made_files.write(place / f"RECEIPTC ({no}).UKE", 1 + no * each, each, month, 1 + no % 2)


def main() -> None:
    """Print medians, the ratio to csv.reader and the peak memory; exit 1 when a target is missed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--megabytes", type=int, default=1000)
    options.add_argument("--files", type=int, default=5000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--one", nargs=2, metavar=("VARIANT", "FOLDER"), help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.one:
        one(args.one[0], Path(args.one[1]))
        return
    missed = False
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        prepare(folder, args.megabytes, args.files)
        for shape in ("one", "many"):
            runs: dict[str, list[dict]] = {name: [] for name in VARIANTS}
            for _ in range(args.rounds):
                for name in VARIANTS:
                    runs[name].append(measure(name, folder / shape))
            print(f"{args.megabytes} MB as {shape}: {runs['reader'][0]['receipts']:,} receipts")
            for name, results in runs.items():
                seconds, peak = median(r["seconds"] for r in results), max(r["peak_mb"] for r in results)
                print(f"  {name:7} {seconds:7.2f} s   peak {peak:4} MB")
                missed |= name != "csv" and peak > TARGETS["peak_mb"]
            ratios = [c["seconds"] / r["seconds"] for c, r in zip(runs["csv"], runs["reader"], strict=True)]
            print(
                f"  csv / reader = {median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f}), wanted ≥ {TARGETS['ratio']}"
            )
            missed |= median(ratios) < TARGETS["ratio"]
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
