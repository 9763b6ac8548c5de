"""Random rows, cheap to draw: a handful of values a column, one number a row."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from mart_tables import Row

LARGEST = 127
"""Hypothesis draws larger numbers unevenly: mostly small ones."""


def row_of(**columns: Sequence[Any]) -> st.SearchStrategy[Row]:
    """A row with one of the given values in each column; the first value of each is the simplest."""
    parts: list[dict[str, Sequence[Any]]] = [{}]
    total = 1
    for name, values in columns.items():
        total *= len(values)
        if total > LARGEST:
            parts.append({})
            total = len(values)
        parts[-1][name] = values
    return st.tuples(*(st.integers(0, size(part) - 1) for part in parts)).map(
        lambda numbers: {
            name: value
            for number, part in zip(numbers, parts, strict=True)
            for name, value in decoded(number, part)
        }
    )


def size(columns: dict[str, Sequence[Any]]) -> int:
    product = 1
    for values in columns.values():
        product *= len(values)
    return product


def decoded(number: int, columns: dict[str, Sequence[Any]]) -> list[tuple[str, Any]]:
    found = []
    for name, values in columns.items():
        number, place = divmod(number, len(values))
        found.append((name, values[place]))
    return found


def some(sizes: Sequence[int], **columns: Sequence[Any]) -> st.SearchStrategy[list[Row]]:
    """As many rows as one of the sizes says."""
    row = row_of(**columns)
    return st.sampled_from(sizes).flatmap(lambda length: st.tuples(*[row] * length).map(list))
