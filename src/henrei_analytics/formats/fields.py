"""Item text → typed column, one expression a field type. A value that does not fit becomes NULL, never a guess.

All of them take text that went through `trimmed`.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from henrei_analytics.codes import shipped

SPACES = " \u3000\t"


@cache
def era_year_zero() -> dict[str, int]:
    """Era digit G of GYYMM → the western year before the era's year 1 (`codes/eras.csv`)."""
    return {row["code"]: int(row["year_one"]) - 1 for row in shipped("eras")}


@cache
def era_name_zero() -> dict[str, int]:
    """令和 → the western year before its year 1."""
    return {row["era_ja"]: int(row["year_one"]) - 1 for row in shipped("eras")}


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


def narrow(text: pl.Expr) -> pl.Expr:
    """Codes that some reports write full width: 高入７ → 高入7, ０００１０１ → 000101."""
    return text.str.normalize("NFKC").str.replace_all(" ", "", literal=True)


def ascii_code(text: pl.Expr) -> pl.Expr:
    """A code that shares its column with names: kept only when it is plain letters, digits and hyphens."""
    plain = narrow(text)
    return pl.when(plain.str.contains(r"^[0-9A-Za-z-]+$")).then(plain)


def presence(text: pl.Expr) -> pl.Expr:
    """Only that there is something, never what."""
    return pl.when(text.is_not_null()).then(pl.lit("1"))


def search_number(text: pl.Expr) -> pl.Expr:
    """検索番号 has 17 to 30 digits; anything else in its place is another item of another 点数表."""
    return pl.when(text.str.contains(r"^[0-9]{17,30}$")).then(text)


def receipt_number(text: pl.Expr) -> pl.Expr:
    """レセプト番号 as a number, whether written 1, 000001 or ０００００１－００００ (with 明細通番)."""
    return narrow(text).str.extract(r"^([0-9]{1,6})(?:[-‐‑−－ー].*)?$").cast(pl.Int64)


def serial(text: pl.Expr) -> pl.Expr:
    """A running number that nothing depends on: what is none becomes NULL."""
    return text.cast(pl.Int64, strict=False)


def decimal(text: pl.Expr) -> pl.Expr:
    """Amounts with sign and decimal point."""
    return pl.when(text.str.contains(r"^[+-]?[0-9]{1,13}(?:\.[0-9]{1,6})?$")).then(text).cast(pl.Float64)


YEN = r"[\\¥￥]"
SUM = rf"[+-]?{YEN}?[0-9]{{1,10}}"
AMOUNT = rf"^(?:{SUM}|\[{SUM}\])$"


def amount(text: pl.Expr) -> pl.Expr:
    """増減点数（金額） as written: points -216, yen -\\7000 (0x5C is the yen sign), [ ] around a repeat (再掲)."""
    plain = narrow(text).str.replace_all(",", "", literal=True)
    return pl.when(plain.str.contains(AMOUNT)).then(plain)


def points_of_amount(text: pl.Expr) -> pl.Expr:
    """The points of an amount; NULL for yen and for repeats."""
    return integer(amount(text))


def yen_of_amount(text: pl.Expr) -> pl.Expr:
    """The yen of an amount; NULL for points and for repeats."""
    plain = amount(text)
    is_yen = plain.str.contains(rf"^[+-]?{YEN}[0-9]+$")
    return integer(pl.when(is_yen).then(plain.str.replace(YEN, "")))


ERA = r"(?:(明治|大正|昭和|平成|令和)([0-9]{1,2}|元)[年.]|([0-9]{4})[年/.])"


def _spelled(text: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Year, month and day of 令和８年３月, 令和　８．　３．　９, 2026年3月分…, 1980/01/02; NULL where absent."""
    plain = narrow(text)
    era = plain.str.extract(rf"^{ERA}", 1)
    in_era = plain.str.extract(rf"^{ERA}", 2).str.replace("元", "1", literal=True).cast(pl.Int32)
    zero = era.replace_strict(era_name_zero(), default=None, return_dtype=pl.Int32)
    year = pl.coalesce(plain.str.extract(rf"^{ERA}", 3).cast(pl.Int32), zero + in_era)
    month_text = plain.str.extract(rf"^{ERA}([0-9]{{1,2}})(?:[月/.].*)?$", 4)
    day_text = plain.str.extract(rf"^{ERA}[0-9]{{1,2}}[月/.]([0-9]{{1,2}})日?$", 4)
    return year, month_text.cast(pl.Int32), day_text.cast(pl.Int32)


def any_month(text: pl.Expr) -> pl.Expr:
    """A month in any form the notices use: GYYMM, YYYYMM, 令和　８年　３月（８日）, 2026年3月分…, YYYYMMDD, GYYMMDD."""
    digits = text.str.extract(r"^([0-9]{5,8})$")
    without_day = pl.when(digits.str.len_bytes() > 6).then(digits.str.head(-2)).otherwise(digits)
    year, in_year, _ = _spelled(text)
    valid = year.is_between(1868, 2199) & in_year.is_between(1, 12)
    return pl.coalesce(
        month(without_day), pl.date(pl.when(valid).then(year), pl.when(valid).then(in_year), 1)
    )


def day(text: pl.Expr) -> pl.Expr:
    """A date in any form the files use: YYYYMMDD, GYYMMDD, 令和　８年　４月　８日, YYYY/MM/DD."""
    western = secret_date(text)
    year, in_year, of_month = _spelled(text)
    spelled = pl.format(
        "{}{}{}",
        year,
        in_year.cast(pl.String).str.zfill(2),
        of_month.cast(pl.String).str.zfill(2),
    )
    return pl.coalesce(
        pl.when(western.str.contains(r"^[0-9]{8}$")).then(western).str.to_date("%Y%m%d", strict=False),
        spelled.str.to_date("%Y%m%d", strict=False),
    )


PUBLIC_ITEMS = "審査支払機関|保険者番号|レセプト種別|合計点数|公.合計点数|検索番号|復活点数|復活後点数"


def public_item(text: pl.Expr) -> pl.Expr:
    """項目名：値 of a 資格確認結果連絡書. The value is kept of a few items only; of others (記号, 番号 …) just the name."""
    plain = narrow(text)
    kept = plain.str.extract(rf"^((?:{PUBLIC_ITEMS}):.*)$")
    name = plain.str.extract(r"^([^:0-9]{1,15}):")
    return pl.coalesce(kept, name)


CONVERT = {
    "code": as_is,
    "text": as_is,
    "plain_text": plain_text,
    "narrow": narrow,
    "ascii_code": ascii_code,
    "presence": presence,
    "integer": integer,
    "decimal": decimal,
    "amount": amount,
    "points_of_amount": points_of_amount,
    "yen_of_amount": yen_of_amount,
    "insurer": insurer,
    "month": month,
    "any_month": any_month,
    "notice_month": notice_month,
    "reception_month": reception_month,
    "day": day,
    "search_number": search_number,
    "receipt_number": receipt_number,
    "serial": serial,
    "public_item": public_item,
    "secret": secret,
    "secret_date": secret_date,
}
TYPES = frozenset(CONVERT)

# types whose NULL from a filled item is an error in the line
CHECKED = {
    "integer": "数字ではありません",
    "decimal": "数字ではありません",
    "amount": "増減点数（金額）として読めません",
    "month": "年月として読めません",
    "any_month": "年月として読めません",
    "notice_month": "年月として読めません",
}

SQL_TYPE = {
    "integer": "BIGINT",
    "receipt_number": "BIGINT",
    "serial": "BIGINT",
    "points_of_amount": "BIGINT",
    "yen_of_amount": "BIGINT",
    "decimal": "DOUBLE",
    "month": "DATE",
    "any_month": "DATE",
    "notice_month": "DATE",
    "reception_month": "DATE",
    "day": "DATE",
}
