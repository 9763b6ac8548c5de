"""One cell → one value, as a careful clerk reads it: what leaves doubt is a bad cell, never a guess.

A cell is None, text, a number, a truth value, a date or a time, as the spreadsheet holds it. Leading zeros that a
spreadsheet has dropped are put back only where the length leaves no doubt. Texts of `BadCell` name the rule, never
the content. Nothing is ever evaluated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from henrei_analytics.codes import shipped
from henrei_analytics.formats.fields import era_year_zero
from henrei_analytics.lists.fields import data, plain, words

SPACES = " \u3000\t\r\n\ufeff\xa0"
EXACT_NUMBER = 10**15  # a spreadsheet keeps 15 digits; of longer numbers the last ones are lost
YEARS = range(1989, 2200)  # of care and claims
BIRTH_YEARS = range(1868, 2200)
SERIALS = range(20_000, 100_000)  # day numbers of a spreadsheet: 1954 to 2173
DAY_ZERO = date(1899, 12, 30)
TEN_DIGITS = "10桁（都道府県2・点数表1・コード7）で記入してください"
DATE_STYLES = ("auto", "western", "yyyymm", "japanese", "gyymm", "excel")

WESTERN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](?:(\d{1,2})日?)?)?(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?分?"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[明大昭平令MTSHR])\.?(\d{1,2}|元)[-/.年](\d{1,2})(?:[-/.月](?:(\d{1,2})日?)?)?分?"
)
ERA_COMPACT = re.compile(r"([MTSHR])(\d{2})(\d{2})(\d{2})?")
ERA_DIGIT = re.compile(r"([1-5])(\d{2})(\d{2})(\d{2})?")
ERA_LETTERS = {
    "明": "1",
    "M": "1",
    "大": "2",
    "T": "2",
    "昭": "3",
    "S": "3",
    "平": "4",
    "H": "4",
    "令": "5",
    "R": "5",
}
CONSTANT = re.compile(
    r'="([^"]*)"'
)  # how programs keep leading zeros in a CSV: a formula that is only a text

Cell = "None | str | int | float | bool | date | datetime | time | timedelta | Broken | Merged"


class BadCell(Exception):
    """A cell that cannot be read; the text names the rule."""


@dataclass(frozen=True)
class Broken:
    """A cell whose value the file itself does not give: an error, or a formula nobody has computed."""

    why: str


@dataclass(frozen=True)
class Merged:
    """A cell covered by a merged one. `top` is the value shown; `down` tells that only one column is merged."""

    top: object
    down: bool


def is_blank(cell: object) -> bool:
    """Nothing is written in it."""
    return cell is None or (isinstance(cell, str) and not cell.strip(SPACES)) or isinstance(cell, Merged)


def text_of(cell: object) -> str | None:
    """The cell as written text; None when blank. Raises BadCell where a spreadsheet changed what was typed."""
    if isinstance(cell, Broken):
        raise BadCell(cell.why)
    if isinstance(cell, Merged):
        raise BadCell("結合されたセルです。結合を解除して記入してください")
    if isinstance(cell, bool) or isinstance(cell, (time, timedelta)):
        raise BadCell("数字や文字ではありません（TRUE/FALSEや時刻）")
    if isinstance(cell, (int, float)):
        if abs(cell) >= EXACT_NUMBER or cell != cell:
            raise BadCell("桁が多く、Excelで末尾が失われています。セルを文字列にして記入し直してください")
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if cell is None:
        return None
    text = cell.strip(SPACES)
    constant = CONSTANT.fullmatch(text)
    return (constant[1].strip(SPACES) if constant else text) or None


def _narrow(cell: object) -> str | None:
    """Text in one width."""
    text = text_of(cell)
    return unicodedata.normalize("NFKC", text).strip() if text else None


def _no_date(cell: object) -> None:
    """Numbers that a spreadsheet took for a date (2-1 → 1 February) are lost."""
    if isinstance(cell, (date, datetime)):
        raise BadCell("日付になっています。セルを文字列にして記入し直してください")


def free_text(cell: object) -> str | None:
    """Text as it stands."""
    return text_of(cell)


def number_text(cell: object) -> str | None:
    """A number or label that is compared, not computed: カルテ番号, 受付番号."""
    _no_date(cell)
    text = _narrow(cell)
    if text and text.startswith("="):
        raise BadCell("式です。値を記入してください")
    return text


def digits(cell: object) -> str | None:
    """検索番号: digits alone."""
    text = number_text(cell)
    if text and not re.fullmatch(r"[0-9]{1,30}", text):
        raise BadCell("数字だけではありません")
    return text


def count(cell: object) -> int | None:
    """A whole number from 0 up, with thousands marks and the unit 点, 件, 日 at most."""
    _no_date(cell)
    text = _narrow(cell)
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:点|件|日)?", text)
    if not match:
        raise BadCell("0以上の整数ではありません")
    return int(match[1].replace(",", ""))


def institution(cell: object) -> str | None:
    """Ten digits, or seven (without prefecture and 点数表, which a fixed prefecture completes)."""
    text = number_text(cell)
    if text is None:
        return None
    text = text.replace("-", "").replace(",", "")
    # The zero of prefectures 01–09, or of a seven-digit code. Of 歯科 and 調剤 it stays away: nine digits that start
    # with 13 are sooner a code of 東京 that lacks a digit.
    if re.fullmatch(r"[1-9]1[0-9]{7}|[0-9]{6}", text):
        text = "0" + text
    if not re.fullmatch(r"[0-9]{10}|[0-9]{7}", text):
        raise BadCell(f"{TEN_DIGITS}。先頭の0が消えていないか確かめてください")
    if len(text) == 10 and text[:2] not in _codes("prefectures", "code"):
        raise BadCell("はじめの2桁が都道府県番号（01〜47）ではありません")
    if len(text) == 10 and text[2] not in words("fee_table").values():
        raise BadCell("3桁目（点数表）が1（医科）・3（歯科）・4（調剤）のどれでもありません")
    return text


def prefecture(cell: object) -> str | None:
    """Two digits."""
    text = number_text(cell)
    if text is None:
        return None
    text = text.zfill(2)
    if text not in _codes("prefectures", "code"):
        raise BadCell("都道府県番号（01〜47）ではありません")
    return text


def insurer(cell: object) -> str | None:
    """Eight digits, or the six of 国保. Seven can only be 01–07 without its zero, five only 国保 of 01–09."""
    text = number_text(cell)
    if text is None:
        return None
    if re.fullmatch(r"[1-9][0-9]{6}", text) and "0" + text[0] in _insurer_laws():
        return "0" + text
    if re.fullmatch(r"[1-9][0-9]{4}", text):
        return "0" + text
    if not re.fullmatch(r"[0-9]{8}|[0-9]{6}", text):
        raise BadCell("保険者番号（8桁、国保は6桁）ではありません。先頭の0が消えていないか確かめてください")
    return text


def claim_type(cell: object) -> str | None:
    """レセプト種別 of 医科, 歯科 and 調剤: four digits."""
    text = number_text(cell)
    if text and not re.fullmatch(r"[134][1-4][1-5][0-9]", text):
        raise BadCell("レセプト種別（1医科・3歯科・4調剤で始まる4桁）ではありません")
    return text


def department(cell: object) -> str | None:
    """The two-digit code, written alone, with its name behind, or as the name."""
    text = number_text(cell)
    if text is None:
        return None
    known = _codes("departments", "department", "label_ja")
    code = _before_label(text)
    if re.fullmatch(r"[0-9]{1,2}", code) and code.zfill(2) in known:
        return code.zfill(2)
    found = [number for number, label in known.items() if label == text]
    if len(found) != 1:
        raise BadCell("診療科のコード（2桁）でも標準の科名でもありません")
    return found[0]


def return_class(cell: object) -> int | None:
    """返戻区分 1–9, alone or with its name behind."""
    text = number_text(cell)
    if text is None:
        return None
    code = _before_label(text)
    if code not in _codes("return_classes", "return_class"):
        raise BadCell("返戻区分（1〜9）ではありません")
    return int(code)


def category(cell: object) -> str | None:
    """A category of returns (`codes/categories.csv`), alone or with its meaning behind."""
    text = number_text(cell)
    if text is None:
        return None
    known = {plain(name): name for name in _codes("categories", "category")}
    if found := known.get(plain(_before_label(text))):
        return found
    raise BadCell("返戻の分類（" + "、".join(known.values()) + "）ではありません")


def code(cell: object) -> str | None:
    """A reason code as the payer writes it; a label behind it (3：番号の誤り) is left out."""
    text = number_text(cell)
    if text is None:
        return None
    text = _before_label(text).upper()
    if not re.fullmatch(r"[0-9A-Z-]{1,12}", text):
        raise BadCell("事由コードではありません。文は「事由」の列に記入してください")
    return text


def word(type_name: str) -> Callable[[object], str | None]:
    """A reader of the words of one type (`data/words.toml`)."""

    def read(cell: object) -> str | None:
        if isinstance(cell, bool) and type_name == "yes_no":
            return "yes" if cell else "no"
        _no_date(cell)
        text = text_of(cell)
        if text is None:
            return None
        if meaning := words(type_name).get(plain(text)):
            return meaning
        raise BadCell("決められた言葉（" + "・".join(_usual(type_name)) + "）ではありません")

    return read


def yes_no(cell: object) -> bool | None:
    """はい or いいえ; blank stays unknown."""
    meaning = word("yes_no")(cell)
    return None if meaning is None else meaning == "yes"


def month(cell: object, style: str = "auto") -> date | None:
    """The first day of the month a cell tells. `style` is one of DATE_STYLES; real dates fit every style."""
    day = _day(cell, style, YEARS, "年月として読めません", day_needed=False)
    return day.replace(day=1) if day else None


def whole_day(cell: object, style: str = "auto") -> date | None:
    """A day of care, claims or the office's own work: year, month and day. Days to come are days too."""
    return _day(cell, style, YEARS, "年月日として読めません（2026-10-01 のように日まで記入してください）")


def birth(cell: object, style: str = "auto") -> str | None:
    """A birth date as YYYYMMDD, the one form patients are known by."""
    day = _day(cell, style, BIRTH_YEARS, "生年月日として読めません")
    return day.strftime("%Y%m%d").zfill(8) if day else None


def _day(cell: object, style: str, years: range, why: str, *, day_needed: bool = True) -> date | None:
    wrong = BadCell(why)
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        if cell.year not in years:
            raise wrong
        return cell
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    text = _narrow(cell)
    if text is None:
        return None
    if style == "excel":
        if not re.fullmatch(r"[0-9]{5}(\.0)?", text) or int(float(text)) not in SERIALS:
            raise wrong
        day = DAY_ZERO + timedelta(days=int(float(text)))
        if day.year not in years:
            raise wrong
        return day
    # a bare number of five digits may be a day number as well as GYYMM; only 令和 cannot be mistaken for one
    if is_number and style == "auto" and len(text) == 5 and text[0] != "5":
        raise BadCell("日付の通し番号か和暦か区別できません。2026-09 のように記入してください")
    parts = _parts(text.replace(" ", "") if style != "western" and ":" not in text else text, style)
    if parts is None or (day_needed and parts[2] is None):
        raise wrong
    year, in_year, in_month = parts
    try:
        day = date(year, in_year, in_month or 1)
    except (ValueError, OverflowError):
        raise wrong from None
    if day.year not in years:
        raise wrong
    return day


def _parts(text: str, style: str) -> tuple[int, int, int | None] | None:
    """Year, month and day (None: not told) of a text."""
    if style in ("auto", "western") and (match := WESTERN.fullmatch(text)):
        return int(match[1]), int(match[2]), _number(match[3])
    if style in ("auto", "yyyymm", "western") and (match := COMPACT.fullmatch(text)):
        return int(match[1]), int(match[2]), _number(match[3])
    if style in ("auto", "japanese") and (
        match := ERA.fullmatch(text.upper()) or ERA_COMPACT.fullmatch(text.upper())
    ):
        digit, year = ERA_LETTERS[match[1][0]], 1 if match[2] == "元" else int(match[2])
        return _era_year(digit, year), int(match[3]), _number(match[4])
    if style in ("auto", "gyymm") and (match := ERA_DIGIT.fullmatch(text)):
        return _era_year(match[1], int(match[2])), int(match[3]), _number(match[4])
    return None


def _era_year(digit: str, year: int) -> int:
    """The western year; 0, which no calendar has, for a year 0 of an era."""
    return era_year_zero()[digit] + year if year else 0


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _before_label(text: str) -> str:
    """`3：番号` → `3` (the wide colon is narrow by now)."""
    return re.split(r"[:\s]", text, maxsplit=1)[0]


def _usual(type_name: str) -> list[str]:
    """For a message: the first Japanese word of each meaning."""
    known = data("words")[type_name].values()
    return [next((each for each in meaning if not each.isascii()), meaning[0]) for meaning in known]


@cache
def _codes(table: str, key: str, value: str | None = None) -> dict[str, str]:
    return {row[key]: row[value or key] for row in shipped(table)}


@cache
def code_names(system: str) -> dict[str, str]:
    """Reason codes of one list (`codes/reason_codes.csv`, `code_system`) that hold everywhere → short name."""
    rows = shipped("reason_codes")
    return {r["code"]: r["name_ja"] for r in rows if r["code_system"] == system and not r["prefecture"]}


@cache
def _insurer_laws() -> frozenset[str]:
    return frozenset(row["law_number"] for row in shipped("law_numbers") if row["kind"] == "insurer")


# type → reader; those in DATED also take the date style
READ: dict[str, Callable[..., object]] = {
    "text": free_text,
    "number_text": number_text,
    "digits": digits,
    "count": count,
    "institution": institution,
    "prefecture": prefecture,
    "insurer": insurer,
    "claim_type": claim_type,
    "department": department,
    "return_class": return_class,
    "category": category,
    "code": code,
    "fee_table": word("fee_table"),
    "payer": word("payer"),
    "stage": word("stage"),
    "setting": word("setting"),
    "medium": word("medium"),
    "sex": word("sex"),
    "yes_no": yes_no,
    "name": free_text,
    "month": month,
    "day": whole_day,
    "birth": birth,
}
DATED = frozenset({"month", "day", "birth"})
