"""Item text → typed column, one expression a field type. A value that does not fit becomes NULL, never a guess."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import polars as pl

SPACES = " \u3000\t"


@cache
def era_year_zero() -> dict[str, int]:
    """Era digit G of GYYMM → the western year before the era's year 1 (`codes/eras.csv`)."""
    text = (resources.files("henrei_analytics") / "codes" / "eras.csv").read_text("utf-8")
    return {row["code"]: int(row["year_one"]) - 1 for row in csv.DictReader(text.splitlines())}


def trimmed(text: pl.Expr) -> pl.Expr:
    """Without surrounding spaces of either width; empty becomes NULL."""
    text = text.str.strip_chars(SPACES)
    return pl.when(text != "").then(text)


def integer(text: pl.Expr) -> pl.Expr:
    """Digits with an optional sign, at most 12 of them (the longest total has 10)."""
    text = trimmed(text)
    return pl.when(text.str.contains(r"^[+-]?\d{1,12}$")).then(text.str.strip_prefix("+")).cast(pl.Int64)


def insurer(text: pl.Expr) -> pl.Expr:
    """保険者番号 or 負担者番号: 8 digits, or the 6 of 国保, which some files pad to 8 with spaces or `00`."""
    text = trimmed(text)
    return pl.when(text.str.contains(r"^00\d{6}$")).then(text.str.slice(2)).otherwise(text)


def month(text: pl.Expr) -> pl.Expr:
    """YYYYMM or GYYMM (和暦), told apart by length → the first day of the month."""
    text = trimmed(text)
    western = pl.when(text.str.contains(r"^\d{6}$")).then(text.str.head(4).cast(pl.Int32, strict=False))
    era = text.str.head(1).replace_strict(era_year_zero(), default=None, return_dtype=pl.Int32)
    japanese = pl.when(text.str.contains(r"^\d{5}$")).then(era + text.str.slice(1, 2).cast(pl.Int32, strict=False))
    return _first_day(pl.coalesce(western, japanese), text.str.tail(2))


def notice_month(text: pl.Expr) -> pl.Expr:
    """GYYMM, or YYMM without its era, which is read as 令和 (the reader of a notice knows better, see core.notices)."""
    text = trimmed(text)
    return month(pl.when(text.str.contains(r"^\d{4}$")).then(pl.lit("5") + text).otherwise(text))


def reception_month(text: pl.Expr) -> pl.Expr:
    """受付番号 9999-99999999 begins with YYMM (令和) of the 処理年月; NULL where it does not look so."""
    return notice_month(trimmed(text).str.extract(r"^(\d{4})-?\d+$"))


def secret_date(text: pl.Expr) -> pl.Expr:
    """YYYYMMDD or GYYMMDD as the same eight digits, so that both styles give one key."""
    text = trimmed(text)
    era = text.str.head(1).replace_strict(era_year_zero(), default=None, return_dtype=pl.Int32)
    year = (era + text.str.slice(1, 2).cast(pl.Int32, strict=False)).cast(pl.String)
    japanese = text.str.contains(r"^\d{7}$") & year.is_not_null()
    return pl.when(japanese).then(year + text.str.slice(3)).otherwise(text)


def secret(text: pl.Expr) -> pl.Expr:
    """Width, compatibility forms and spaces do not make another person."""
    return trimmed(text).str.normalize("NFKC").str.replace_all(r"\s", "")


def plain_text(text: pl.Expr) -> pl.Expr:
    """Reason text in the one form that text rules are written for (NFKC)."""
    return trimmed(text).str.normalize("NFKC")


CONVERT = {
    "code": trimmed,
    "text": trimmed,
    "plain_text": plain_text,
    "integer": integer,
    "insurer": insurer,
    "month": month,
    "notice_month": notice_month,
    "reception_month": reception_month,
    "secret": secret,
    "secret_date": secret_date,
}

# types whose NULL from a filled item is an error in the line
CHECKED = {
    "integer": "数字ではありません",
    "month": "年月として読めません",
    "notice_month": "年月として読めません",
}

SQL_TYPE = {"integer": "BIGINT", "month": "DATE", "notice_month": "DATE", "reception_month": "DATE"}


def _first_day(year: pl.Expr, month_digits: pl.Expr) -> pl.Expr:
    number = month_digits.cast(pl.Int32, strict=False)
    valid = year.is_between(1868, 2199) & number.is_between(1, 12)
    return pl.date(pl.when(valid).then(year), pl.when(valid).then(number), 1)
