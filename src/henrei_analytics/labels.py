"""How columns, codes and values are written for the reader. The words are data: `labels.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

MISSING = "—"
INTERNAL = "院内用"
NO_ROWS = "該当するものはありません"
NOTHING_TO_DO = "確かめることはありません"
NOT_ARRIVED = "この月の返戻は翌月に届きます。基準日ではまだ届いていないので、報告月の返戻の「0件」「該当なし」は、まだ分からないという意味です。"
NOTHING_OPEN = "未再請求の返戻はありません"
KINDS_NAMED = 3


@dataclass(frozen=True)
class Column:
    """A column as the reader sees it."""

    name: str
    label: str
    kind: str

    @property
    def title(self) -> str:
        """The label with its unit, for axes."""
        unit = words()["units"].get(self.kind)
        return f"{self.label}（{unit}）" if unit else self.label

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC


@cache
def words() -> dict[str, Any]:
    """The whole word list."""
    read = tomllib.loads(resources.files(__package__).joinpath("labels.toml").read_text("utf-8"))
    codes = read["codes"]
    for kind, parts in read["joined_codes"].items():
        codes[kind] = {value: word for part in parts for value, word in codes[part].items()}
    return read


def column(name: str, figure: str | None = None) -> Column:
    """The label and kind of a column, as a figure calls it if it has a word of its own; an unknown one keeps its name."""
    label, kind = words()["columns"].get(name, (name, "text"))
    return Column(name, words()["figures"].get(figure, {}).get(name, label), kind)


def unknown_columns(names: Iterable[str]) -> list[str]:
    """Columns nobody has given a label yet."""
    return [name for name in names if name not in words()["columns"]]


def code(kind: str, value: Any) -> str:
    """The Japanese word for a coded value, or the value itself."""
    return words()["codes"].get(kind, {}).get(value, str(value))


def not_loaded(kinds: Sequence[str]) -> str:
    """The sentence for what an institution has no files of."""
    names = "・".join(code("kind", kind) for kind in kinds[:KINDS_NAMED])
    return f"この医療機関では{names}{'など' if len(kinds) > KINDS_NAMED else ''}を取り込んでいません。"


def month(value: date) -> str:
    return f"{value.year}年{value.month}月"


def day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def institution(value: str) -> str:
    """1310000001 → 13-1-0000001: prefecture, 点数表, number."""
    return f"{value[:2]}-{value[2]}-{value[3:]}" if len(value) == 10 else value


def text(value: Any, kind: str = "text") -> str:
    """A value as the reader sees it, by the kind of its column."""
    if value is None or value != value:  # NaN is not a number to show either
        return MISSING
    if kind in words()["codes"]:
        return code(kind, value)
    if kind in FORMATS:
        return FORMATS[kind](value)
    if kind in YES_NO:
        return YES_NO[kind][0 if value else 1]
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return YES_NO["yes_no"][0 if value else 1]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return month(value) if value.day == 1 else day(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, (list, tuple)):
        return "、".join(_plain(item) for item in value)
    return str(value)


def _whole(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")


def _one_decimal(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _signed(value: float) -> str:
    return f"{value:+,.0f}".replace("-", "−") if round(value) else "±0"


def percent(share: float, digits: int = 1) -> str:
    """A share of 1 as Japanese text, without turning a small rate into 0."""
    smallest = 10.0**-digits
    if 0 < share * 100 < smallest / 2:
        return f"{smallest:.{digits}f} %未満"
    return f"{share * 100:.{digits}f} %"


FORMATS = {
    "count": _whole,
    "people": _whole,
    "lines": _whole,
    "points": _whole,
    "rank": _whole,
    "round": lambda value: f"{value}回目",
    "times": lambda value: f"{value}回",
    "yen": lambda value: f"¥{_whole(value)}",
    "yen_months": _whole,
    "rate": percent,
    "fine_rate": lambda value: percent(value, 2),
    "days": lambda value: f"{_whole(value)}日",
    "months": lambda value: f"{_one_decimal(value)}か月",
    "number": lambda value: f"{value:,.2f}",
    "number1": lambda value: f"{value:,.1f}".replace("-", "−"),
    "change": _signed,
    "mean": lambda value: f"{value:,.1f}",
    "mean_change": lambda value: f"{value:+,.1f}".replace("-", "−"),
    "rate_change": lambda value: f"{value * 100:+.2f} ポイント".replace("-", "−"),
    "month": month,
    "date": lambda value: f"{value:%Y-%m-%d}",
    "institution": institution,
}
NUMERIC = frozenset(FORMATS) - {"month", "date", "institution", "round", "times"}
YES_NO = {"balanced": ("一致", "不一致"), "ok": ("問題なし", "要確認"), "yes_no": ("はい", "いいえ")}
