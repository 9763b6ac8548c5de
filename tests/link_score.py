"""How well loaded links agree with the truth of the invented office: precision, recall, and where they fail.

Three links of a return are compared: the claim that answers it (``reclaim``), the return before it (``previous``)
and the claim that came back (``claim``). A link counts as right when the truth has the very same one, as wrong when
the truth has another or none, as missed when the mart has none though the office kept both ends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from henrei_analytics.warehouse import connect

Truth = dict[str, Any]
Row = dict[str, Any]

RETURNS = """
SELECT
    return_id, institution, payer, stage, CAST(processing_month AS VARCHAR) AS processing_month,
    CAST(service_month AS VARCHAR) AS service_month, points, chart_number, search_number, link_rule,
    previous_return_id, claim_id, reclaim_id
FROM mart.returns
ORDER BY return_id
"""
NO_RULE = "(none)"
PLAIN = "(nothing)"


@dataclass
class Links:
    """One kind of link. ``expected``: links whose both ends the office kept."""

    expected: int = 0
    right: Counter[str] = field(default_factory=Counter)
    """By link_rule."""
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    """By kind of noise: a pair with several kinds counts under each."""
    kinds: Counter[str] = field(default_factory=Counter)
    """All expected links by kind of noise."""
    wrong_returns: list[str] = field(default_factory=list)
    """return_id of wrong links."""
    missed_returns: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right links among those the mart has; 1 when it has none."""
        found = self.right.total() + self.wrong.total()
        return self.right.total() / found if found else 1.0

    @property
    def recall(self) -> float:
        """Right links among those there are; 1 when there are none."""
        return self.right.total() / self.expected if self.expected else 1.0


@dataclass
class Score:
    """The three kinds of links, and the returns that are not the same in mart and truth."""

    reclaim: Links = field(default_factory=Links)
    previous: Links = field(default_factory=Links)
    claim: Links = field(default_factory=Links)
    returns: int = 0
    unmatched: list[Row] = field(default_factory=list)
    """Returns of the truth that were not loaded."""
    surplus: list[str] = field(default_factory=list)
    """return_id of loaded returns the truth does not know."""


def score(database: Path, truth: Truth) -> Score:
    """Compare the links of a loaded demo with its truth, as of the day the truth was told."""
    con = connect(database, as_of=date.fromisoformat(truth["as_of"]))
    try:
        return compare(rows(con, RETURNS), claim_ids(con, truth), truth)
    finally:
        con.close()


def compare(loaded: list[Row], claim_id: Callable[[Row | None], str | None], truth: Truth) -> Score:
    """Compare rows as ``RETURNS`` gives them; ``claim_id`` turns a place of the truth into a claim_id."""
    result = Score(returns=len(truth["returns"]))
    ids = matched(loaded, truth)
    by_id = {row["return_id"]: row for row in loaded}
    result.surplus = sorted(by_id.keys() - set(ids.values()))
    for index, told in enumerate(truth["returns"]):
        if index not in ids:
            result.unmatched.append(told)
            continue
        row = by_id[ids[index]]
        kinds = told["noise"] or [PLAIN]
        _count(
            result.reclaim,
            row,
            kinds,
            row["reclaim_id"],
            claim_id(told["reclaim"]),
            row["link_rule"] or NO_RULE,
        )
        before = ids.get(told["previous"]) if told["previous"] is not None else None
        _count(result.previous, row, kinds, row["previous_return_id"], before, "all")
        _count(result.claim, row, kinds, row["claim_id"], claim_id(told["claim"]), "all")
    return result


def _count(
    links: Links, row: Row, kinds: list[str], found: str | None, expected: str | None, rule: str
) -> None:
    if expected is not None:
        links.expected += 1
        links.kinds.update(kinds)
    if found is not None and found == expected:
        links.right[rule] += 1
    elif found is not None:
        links.wrong[rule] += 1
        links.wrong_returns.append(row["return_id"])
    if expected is not None and found is None:
        links.missed.update(kinds)
        links.missed_returns.append(row["return_id"])


def matched(loaded: list[Row], truth: Truth) -> dict[int, str]:
    """Index in ``truth["returns"]`` → return_id: by 検索番号, without one by what both say of the receipt.

    Returns alike in all of that are paired in order: any pairing of equals is as good as another.
    """
    numbered, alike = {}, defaultdict(list)
    for row in loaded:
        if row["search_number"]:
            numbered[_numbered(row)] = row["return_id"]
        else:
            alike[_described(row)].append(row["return_id"])
    found = {}
    for index, told in enumerate(truth["returns"]):
        if told["search_number"]:
            same = numbered.get(_numbered(told))
        else:
            candidates = alike[_described(told)]
            same = candidates.pop(0) if candidates else None
        if same is not None:
            found[index] = same
    return found


def _numbered(row: Row) -> tuple[str, str, str]:
    return row["institution"], row["payer"], row["search_number"]


def _described(row: Row) -> tuple[Any, ...]:
    facts = ("institution", "payer", "stage", "processing_month", "service_month", "points")
    return *(row[fact] for fact in facts), (row["chart_number"] or "").lstrip("0")


def claim_ids(con: duckdb.DuckDBPyConnection, truth: Truth) -> Callable[[Row | None], str | None]:
    """A function from a place of the truth (path and line) to the claim_id the loader gives to what stands there."""
    paths = {file["path"] for file in truth["files"]}
    hashes = dict(_hashes(con, paths))

    def claim_id(place: Row | None) -> str | None:
        return f"{hashes[place['path']][:12]}-{place['line']}" if place else None

    return claim_id


def _hashes(con: duckdb.DuckDBPyConnection, paths: set[str]) -> Iterator[tuple[str, str]]:
    """A loaded file is named from the folder that was loaded, the truth names it from within the demo's."""
    for name, file_id in con.execute("SELECT name, file_id FROM mart.files").fetchall():
        parts = name.split("/")
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        path = next((tail for tail in tails if tail in paths), None)
        if path:
            yield path, file_id


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """The rows of a query as dicts."""
    result = con.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
