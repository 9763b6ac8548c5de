"""How surely returns are followed to their re-claims: precision and recall on invented offices whose truth is known.

    python benchmarks/linking.py                          seeds 1 to 5, 30 months, clean and noisy files
    python benchmarks/linking.py --seeds 7 --months 12    one seed, a year

Links of returns to re-claims, to the return before and to the claim that came back. Recall counts the pairs whose
both ends the office kept. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from henrei_analytics.demo import write_demo
from henrei_analytics.warehouse.load import load

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from link_score import Links, Score, score

TARGETS = {"precision": 0.999, "recall": 0.99}
LINKS = {"reclaim": "return → re-claim", "previous": "return → return before", "claim": "return → claim"}


def measure(seed: int, months: int, noise: bool) -> Score:
    """Write, load and score one invented office."""
    with tempfile.TemporaryDirectory() as folder:
        files, database = Path(folder) / "files", Path(folder) / "henrei.duckdb"
        write_demo(files, seed=seed, months=months, noise=noise)
        load([files], database)
        return score(database, json.loads((files / "truth.json").read_text("utf-8")))


def add(total: Links, one: Links) -> None:
    """Add the counts of one office to those of several."""
    total.expected += one.expected
    for name in ("right", "wrong", "missed", "kinds"):
        getattr(total, name).update(getattr(one, name))


def line(title: str, links: Links) -> str:
    wrong, missed = links.wrong.total(), links.expected - links.right.total()
    return (
        f"  {title:24} precision {links.precision:8.3%}  recall {links.recall:8.3%}   "
        f"of {links.expected:5,}: {wrong} wrong, {missed} not right"
    )


def confusion(links: Links) -> list[str]:
    """Right and wrong by link_rule; missed by kind of noise, beside how many pairs bear that kind."""
    rules = sorted(links.right.keys() | links.wrong.keys())
    lines = [f"    {'link_rule':24} {'right':>7} {'wrong':>7}"]
    lines += [f"    {rule:24} {links.right[rule]:7,} {links.wrong[rule]:7,}" for rule in rules]
    lines.append(f"    {'noise of the pair':24} {'pairs':>7} {'missed':>7}")
    kinds = sorted(links.kinds, key=lambda kind: (-links.missed[kind], kind))
    return lines + [f"    {kind:24} {links.kinds[kind]:7,} {links.missed[kind]:7,}" for kind in kinds]


def meets_targets(links: Links) -> bool:
    return links.precision >= TARGETS["precision"] and links.recall >= TARGETS["recall"]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--months", type=int, default=30)
    wanted = parser.parse_args()
    in_order = True
    for noise in (False, True):
        total, returns, apart = {name: Links() for name in LINKS}, Counter(), 0
        print("noisy files" if noise else "clean files", flush=True)
        for seed in wanted.seeds:
            one = measure(seed, wanted.months, noise)
            print(line(f"seed {seed}", one.reclaim), flush=True)
            for name, links in total.items():
                add(links, getattr(one, name))
            returns[seed] = one.returns
            apart += len(one.unmatched) + len(one.surplus)
        print(f"  all seeds: {returns.total():,} returns, {apart} not the same in files and truth")
        for name, title in LINKS.items():
            print(line(title, total[name]))
        print("\n".join(confusion(total["reclaim"])))
        in_order &= meets_targets(total["reclaim"]) and apart == 0
    print("targets:", ", ".join(f"{name} ≥ {value:.1%}" for name, value in TARGETS.items()), "—", end=" ")
    print("met" if in_order else "NOT met")
    return 0 if in_order else 1


if __name__ == "__main__":
    sys.exit(main())
