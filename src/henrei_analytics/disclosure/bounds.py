"""How far each unknown count can move while every published sum still holds.

An outsider knows which counts add up to which, and what each hidden count is at least and at most. For one set of
unknown counts this module finds, by the simplex method, tables other than the true one that look the same from
outside; a count that differs between two of them is protected by their distance. Only distances that were really
found are reported: where the search gives up, a count counts as known.

A change of the unknowns is written as y, so that all sums read `sum(y) = 0` and y = 0, the truth, is where the
search starts. Every coefficient is 1 or -1.
"""

from __future__ import annotations

from collections.abc import Sequence

Row = dict[int, float]
EPSILON = 1e-7
STEPS = 2000  # of one search; a set of unknowns needs a few dozen


class Unknowns:
    """Unknown counts 0 … n-1 with what they may change by, and the sums that hold between them."""

    def __init__(self, lows: Sequence[float], highs: Sequence[float], sums: Sequence[Row]) -> None:
        self._low, self._high = list(lows), list(highs)
        self._now = [0.0] * len(self._low)
        self._least, self._most = list(self._now), list(self._now)
        self._rows: dict[int, Row] = {}  # basic → what it is made of, without itself: y[basic] = Σ row · y
        for each in sums:
            self._add(dict(each))

    def can_move(self, count: int, enough: float) -> bool:
        """Whether the count was seen in two places at least `enough` apart."""
        for sign in (1.0, -1.0):
            if self._seen(count) >= enough - EPSILON:
                return True
            self._push(count, sign, enough)
        return self._seen(count) >= enough - EPSILON

    def _seen(self, count: int) -> float:
        return self._most[count] - self._least[count]

    def _add(self, row: Row) -> None:
        """Solve one more sum for a count that no other sum is solved for."""
        for basic, made_of in self._rows.items():
            if factor := row.pop(basic, 0.0):
                _add_to(row, made_of, factor)
        if not row:
            return
        chosen = min(row)
        factor = row.pop(chosen)
        solved = {count: -value / factor for count, value in row.items()}
        for made_of in self._rows.values():
            if factor := made_of.pop(chosen, 0.0):
                _add_to(made_of, solved, factor)
        self._rows[chosen] = solved

    def _push(self, count: int, sign: float, enough: float) -> None:
        """Move the count as far as it goes in one direction, or as far as is enough."""
        for _ in range(STEPS):
            self._remember()
            if self._seen(count) >= enough - EPSILON:
                return
            goal = {each: sign * value for each, value in self._rows.get(count, {count: 1.0}).items()}
            mover = next(
                (each for each in sorted(goal) if self._room(each, goal[each]) > EPSILON), None
            )  # the first that helps: this order cannot go round in circles
            if mover is None:
                return
            if not self._move(mover, 1.0 if goal[mover] > 0 else -1.0):
                return

    def _room(self, count: int, direction: float) -> float:
        return self._high[count] - self._now[count] if direction > 0 else self._now[count] - self._low[count]

    def _move(self, mover: int, direction: float) -> bool:
        """Move one free count until it, or a count that depends on it, meets its limit."""
        step, blocked = self._room(mover, direction), None
        for basic in sorted(self._rows):
            change = self._rows[basic].get(mover, 0.0) * direction
            if abs(change) > EPSILON:
                allowed = max(self._room(basic, change), 0.0) / abs(change)
                if allowed < step - EPSILON:
                    step, blocked = allowed, basic
        if step == float("inf"):
            step, blocked = 1e6, None  # nothing stops it: far enough for any question
        self._now[mover] += direction * step
        for basic, row in self._rows.items():
            if mover in row:
                self._now[basic] += row[mover] * direction * step
        if blocked is not None:
            self._exchange(blocked, mover)
        return step > 0 or blocked is not None

    def _exchange(self, basic: int, free: int) -> None:
        """Solve the sum of `basic` for `free` instead."""
        row = self._rows.pop(basic)
        factor = row.pop(free)
        solved = {count: -value / factor for count, value in row.items()}
        solved[basic] = 1 / factor
        for other in self._rows.values():
            if value := other.pop(free, 0.0):
                _add_to(other, solved, value)
        self._rows[free] = solved

    def _remember(self) -> None:
        self._least = [min(pair) for pair in zip(self._least, self._now, strict=True)]
        self._most = [max(pair) for pair in zip(self._most, self._now, strict=True)]


def _add_to(row: Row, other: Row, factor: float) -> None:
    for count, value in other.items():
        total = row.get(count, 0.0) + factor * value
        if abs(total) > EPSILON:
            row[count] = total
        else:
            row.pop(count, None)
