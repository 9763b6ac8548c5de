"""Which counts to hide so that no small count can be computed from those that stay.

Small counts are hidden first; then, as long as one of them (or a small rest that is shown nowhere) could still be
told from the sums, one more count beside it, the one that costs least. A last pass shows again what need not have
been hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from henrei_analytics.disclosure.bounds import Unknowns
from henrei_analytics.disclosure.rule import POSSIBLE_VALUES, THRESHOLD, UNDER, WITH

Cell = tuple[str, frozenset[tuple[str, str]]]
"""One number: what is counted, and the keys it is counted for."""

PRUNED = 80  # so many hidden beside others are tried one by one


class Sum(NamedTuple):
    """A count and its parts."""

    whole: Cell
    parts: tuple[Cell, ...]


def is_small(value: int) -> bool:
    return 0 < value < THRESHOLD


def protect(
    values: Mapping[Cell, int], sums: Sequence[Sum], shown: Collection[Cell], kept: Sequence[str] = ()
) -> dict[Cell, str]:
    """The cells to hide, each with its mark.

    shown: the cells somebody would see; the others in `values` are rests and totals that are shown nowhere.
    kept: measures whose numbers are hidden last, the most important first.
    """
    return _Protection(values, sums, shown, kept).hidden()


class _Protection:
    def __init__(
        self,
        values: Mapping[Cell, int],
        sums: Sequence[Sum],
        shown: Collection[Cell],
        kept: Sequence[str],
    ) -> None:
        self._values, self._sums, self._shown, self._kept = values, sums, set(shown), list(kept)
        self._sums_of: dict[Cell, list[int]] = {}
        for at, each in enumerate(sums):
            for cell in {each.whole, *each.parts}:
                self._sums_of.setdefault(cell, []).append(at)
        self._known: dict[frozenset[Cell], frozenset[Cell]] = {}

    def hidden(self) -> dict[Cell, str]:
        hidden = {cell: UNDER for cell in sorted(self._shown, key=_order) if is_small(self._values[cell])}
        while exposed := self._exposed(hidden):
            added = self._beside(exposed, hidden)
            if not added:  # nothing left beside them
                break
            hidden |= dict.fromkeys(added, WITH)
        return self._pruned(hidden)

    def _pruned(self, hidden: dict[Cell, str]) -> dict[Cell, str]:
        beside = [cell for cell, mark in hidden.items() if mark == WITH]
        left = self._exposed(hidden)
        if len(beside) > PRUNED:
            return hidden
        for cell in sorted(beside, key=self._cost, reverse=True):
            without = {each: mark for each, mark in hidden.items() if each != cell}
            if self._exposed(without) <= left:
                hidden = without
        return hidden

    def _beside(self, exposed: Iterable[Cell], hidden: Mapping[Cell, str]) -> set[Cell]:
        """For every exposed cell one more count to hide, unless another's choice may do for it too."""
        added: set[Cell] = set()
        touched: set[int] = set()
        for cell in sorted(exposed, key=_order):
            near, seen = self._sums_of.get(cell, []), set()
            if touched.intersection(near):
                continue
            while near:
                seen.update(near)
                candidates = {
                    each
                    for at in near
                    for each in (self._sums[at].whole, *self._sums[at].parts)
                    if each in self._shown and each not in hidden and self._values[each] >= THRESHOLD
                }
                if candidates:
                    chosen = min(candidates, key=self._cost)
                    added.add(chosen)
                    touched.update(self._sums_of[chosen])
                    break
                unknown = {
                    each
                    for at in near
                    for each in (self._sums[at].whole, *self._sums[at].parts)
                    if each in hidden or each not in self._shown
                }
                near = sorted({at for each in unknown for at in self._sums_of[each]} - seen)
        return added

    def _cost(self, cell: Cell) -> tuple[int, int, int, object]:
        rank = len(self._kept) - self._kept.index(cell[0]) if cell[0] in self._kept else 0
        is_whole = sum(self._sums[at].whole == cell for at in self._sums_of.get(cell, []))
        return (rank, is_whole, self._values[cell], _order(cell))

    def _exposed(self, hidden: Mapping[Cell, str]) -> frozenset[Cell]:
        """The small counts that can be told, wholly or nearly, from what is shown."""
        found: set[Cell] = set()
        for group in self._groups(hidden):
            if group not in self._known:
                self._known[group] = frozenset(self._exposed_in(group, hidden))
            found |= self._known[group]
        return frozenset(found)

    def _groups(self, hidden: Mapping[Cell, str]) -> list[frozenset[Cell]]:
        """Unknown cells that sums tie together."""
        unknown = [cell for cell in self._values if cell in hidden or cell not in self._shown]
        is_unknown, seen, groups = set(unknown), set(), []
        for start in unknown:
            if start in seen:
                continue
            group, waiting = {start}, [start]
            while waiting:
                for at in self._sums_of.get(waiting.pop(), ()):
                    for each in (self._sums[at].whole, *self._sums[at].parts):
                        if each in is_unknown and each not in group:
                            group.add(each)
                            waiting.append(each)
            seen |= group
            groups.append(frozenset(group))
        return groups

    def _exposed_in(self, group: frozenset[Cell], hidden: Mapping[Cell, str]) -> list[Cell]:
        cells = sorted(group, key=_order)
        small = [cell for cell in cells if is_small(self._values[cell])]
        if not small:
            return []
        number = {cell: at for at, cell in enumerate(cells)}
        rows = []
        for at in sorted({at for cell in cells for at in self._sums_of.get(cell, ())}):
            row: dict[int, float] = {}
            for cell, sign in (
                (self._sums[at].whole, 1.0),
                *((part, -1.0) for part in self._sums[at].parts),
            ):
                if cell in number:
                    row[number[cell]] = row.get(number[cell], 0.0) + sign
            rows.append({count: value for count, value in row.items() if value})
        limits = [_limits(self._values[cell], hidden.get(cell)) for cell in cells]
        unknowns = Unknowns([low for low, _ in limits], [high for _, high in limits], rows)
        return [cell for cell in small if not unknowns.can_move(number[cell], POSSIBLE_VALUES - 1)]


def _limits(value: int, mark: str | None) -> tuple[float, float]:
    """What an outsider knows of a hidden count, as changes of it."""
    if mark == UNDER:
        return 1.0 - value, THRESHOLD - 1.0 - value
    return (float(THRESHOLD) if mark == WITH else 0.0) - value, float("inf")


def _order(cell: Cell) -> tuple[str, list[tuple[str, str]]]:
    return cell[0], sorted(cell[1])
