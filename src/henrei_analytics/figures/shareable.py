"""How a figure may leave the institution: the optional table `shareable` of its definition.

    shareable.keys = ["month", "payer"]              # what a row is about; shown as it is
    shareable.plain = ["label_ja"]                   # says no more than the keys do; shown as it is
    shareable.counts.numerator = "first_returns"     # counts of people's receipts, and what they count
    shareable.counts.denominator = "first_claims"
    shareable.others = ["rate", "low", "high"]       # computed from the counts of the row
    shareable.whole = ["center"]                     # computed from many rows
    shareable.whole_by = ["payer"]                   # … from those that agree in these keys
    shareable.splits.denominator = ["numerator", "*"]  # a count and its parts; * is the rest, shown nowhere

What is not named is not shown; a figure without the table is not shown at all. Cells of one measure that agree in
their keys are one number wherever they stand, `all` in a key being the sum over it: that is how a number hidden in
one figure stays hidden in the others. A count of nobody else's (`counts = ["x"]`) is a measure of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

REST = "*"
OF = "of"
KNOWN = ("keys", "plain", "counts", "others", "whole", "whole_by", "splits", "partial")


@dataclass(frozen=True)
class Count:
    """What a column counts, and the keys that hold for the whole column (`payer = "shaho"`)."""

    measure: str
    at: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shareable:
    """The columns of a figure that may be published, and what has to be hidden together.

    others: column → the counts of its row it could give away.
    partial: rows are missing that have counts (the top five), so that the rows do not add up to a total.
    """

    keys: tuple[str, ...]
    plain: tuple[str, ...] = ()
    counts: Mapping[str, Count] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    whole_by: tuple[str, ...] = ()
    splits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partial: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is shown."""
        return (*self.keys, *self.plain, *self.counts, *self.others, *self.whole)

    def without(self, dropped: Collection[str]) -> Shareable:
        """The same without some counts, and without everything that is computed from them."""
        return replace(
            self,
            counts={column: count for column, count in self.counts.items() if column not in dropped},
            others={
                column: needed for column, needed in self.others.items() if not set(needed) & set(dropped)
            },
            whole=(),
            splits={
                whole: parts for whole, parts in self.splits.items() if not {whole, *parts} & set(dropped)
            },
        )


def shareable_of(name: str, table: Mapping[str, Any] | None) -> Shareable | None:
    """The declaration in a table without problems; None where a figure has none."""
    if table is None:
        return None
    counts = _counts(name, table.get("counts", {}))
    others = table.get("others", {})
    return Shareable(
        keys=tuple(table["keys"]),
        plain=tuple(table.get("plain", ())),
        counts=counts,
        others={
            column: tuple(others[column]) if isinstance(others, dict) else tuple(counts) for column in others
        },
        whole=tuple(table.get("whole", ())),
        whole_by=tuple(table.get("whole_by", ())),
        splits={whole: tuple(parts) for whole, parts in table.get("splits", {}).items()},
        partial=table.get("partial", False),
    )


def shareable_problems(name: str, table: Mapping[str, Any]) -> list[str]:
    """What is wrong with the table, in the words of the other messages about a definition."""
    problems = [f"shareable.{key} という項目はありません" for key in table if key not in KNOWN]
    problems += [
        f"shareable.{key} は{form}で書きます"
        for key, types, form in (
            ("keys", list, "並び"),
            ("plain", list, "並び"),
            ("whole", list, "並び"),
            ("whole_by", list, "並び"),
            ("counts", (list, dict), "並びか表"),
            ("others", (list, dict), "並びか表"),
            ("splits", dict, "表"),
            ("partial", bool, "true か false"),
        )
        if key in table and not isinstance(table[key], types)
    ]
    if "keys" not in table:
        problems.append("shareable.keys がありません")
    return problems or [*_meaning_problems(name, table)]


def _counts(name: str, given: list[str] | Mapping[str, Any]) -> dict[str, Count]:
    if isinstance(given, list):
        return {column: Count(f"{name}.{column}") for column in given}
    return {
        column: Count(value)
        if isinstance(value, str)
        else Count(value[OF], tuple(sorted((key, str(v)) for key, v in value.items() if key != OF)))
        for column, value in given.items()
    }


def _meaning_problems(name: str, table: Mapping[str, Any]) -> list[str]:
    counts = table.get("counts", {})
    problems = []
    if isinstance(counts, dict):
        problems += [
            f"shareable.counts.{column} は何を数えるかを書きます"
            for column, value in counts.items()
            if not (isinstance(value, str) or isinstance(value, dict) and isinstance(value.get(OF), str))
        ]
    others = table.get("others", {})
    sources = others if isinstance(others, dict) else {}
    problems += [
        f"shareable.others.{column} に、counts にない {source} があります"
        for column, needed in sources.items()
        for source in needed
        if source not in counts
    ]
    problems += [
        f"shareable.splits.{whole} に、counts にない {part} があります"
        for whole, parts in table.get("splits", {}).items()
        for part in (whole, *parts)
        if part not in counts and part != REST
    ]
    if others and not counts:
        problems.append("shareable.others がありますが、shareable.counts がありません")
    problems += [
        f"shareable.whole_by の {key} は shareable.keys にありません"
        for key in table.get("whole_by", ())
        if key not in table["keys"]
    ]
    named = [*table["keys"], *table.get("plain", ()), *counts, *others, *table.get("whole", ())]
    problems += [
        f"shareable に {column} が2度あります" for column in sorted({c for c in named if named.count(c) > 1})
    ]
    return problems
