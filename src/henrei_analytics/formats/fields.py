"""Item text → typed column, one expression a field type. A value that does not fit becomes NULL, never a guess.

All of them take text that went through `trimmed`.
"""

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
    return pl.when(text.str.contains(r"^[+-]?[0-9]{1,12}$")).then(text.str.strip_prefix("+")).cast(pl.Int64)


def insurer(text: pl.Expr) -> pl.Expr:
    """保険者番号 or 負担者番号: 8 digits, or the 6 of 国保, which some files pad to 8 with spaces or `00`."""
    return pl.when(text.str.contains(r"^00[0-9]{6}$")).then(text.str.slice(2)).otherwise(text)


def month(text: pl.Expr) -> pl.Expr:
    """YYYYMM or GYYMM (和暦), told apart by length → the first day of the month."""
    number = text.cast(pl.Int32, strict=False)
    japanese = _era_zero(number // 10_000) + number // 100 % 100
    year = (
        pl.when(text.str.len_bytes() == 6).then(number // 100).when(text.str.len_bytes() == 5).then(japanese)
    )
    in_year = number % 100
    valid = year.is_between(1868, 2199) & in_year.is_between(1, 12)
    return pl.date(pl.when(valid).then(year), pl.when(valid).then(in_year), 1)


def _era_zero(digit: pl.Expr) -> pl.Expr:
    years = era_year_zero()
    return digit.replace_strict(
        [int(d) for d in years], list(years.values()), default=None, return_dtype=pl.Int32
    )


def notice_month(text: pl.Expr) -> pl.Expr:
    """GYYMM, or YYMM without its era, which is read as 令和 (the reader of a notice knows better, see core.notices)."""
    return month(pl.when(text.str.contains(r"^[0-9]{4}$")).then(pl.lit("5") + text).otherwise(text))


def reception_month(text: pl.Expr) -> pl.Expr:
    """受付番号 9999-99999999 begins with YYMM (令和) of the 処理年月; NULL where it does not look so."""
    return notice_month(text.str.extract(r"^([0-9]{4})-?[0-9]+$"))


def secret_date(text: pl.Expr) -> pl.Expr:
    """YYYYMMDD or GYYMMDD as the same eight digits, so that both styles give one key."""
    number = text.cast(pl.Int32, strict=False)
    year = _era_zero(number // 1_000_000) + number // 10_000 % 100
    japanese = (year * 10_000 + number % 10_000).cast(pl.String)
    return pl.when((text.str.len_bytes() == 7) & japanese.is_not_null()).then(japanese).otherwise(text)


def secret(text: pl.Expr) -> pl.Expr:
    """Width, compatibility forms and spaces do not make another person (NFKC turns the wide space into a plain one)."""
    return text.str.normalize("NFKC").str.replace_all(" ", "", literal=True)


def plain_text(text: pl.Expr) -> pl.Expr:
    """Reason text in the one form that text rules are written for (NFKC)."""
    return text.str.normalize("NFKC")


def as_is(text: pl.Expr) -> pl.Expr:
    """Codes and texts stay as they stand."""
    return text


CONVERT = {
    "code": as_is,
    "text": as_is,
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
