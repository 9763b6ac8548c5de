"""An office's own rows for the code tables: CSV files in the folder `codes` beside the database, checked before use.

A file is named after its table (`reason_codes.csv`, or `reason_codes-13.csv`: several files of one table add up) and
has the columns of the shipped table, those with a sensible default left out. Excel may have written it: UTF-8 or
CP932, dates as 2026/4/1, prefectures and codes without their leading zeros.

No message repeats what a cell says: a file of patients may lie in the wrong folder.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from henrei_analytics.codes import shipped, shipped_columns, shipped_tables
from henrei_analytics.errors import HenreiError

FOLDER = "codes"
OPEN = (date.min, date.max)
Cells = dict[str, str]


@dataclass(frozen=True)
class Overridable:
    """How own rows of a table meet the shipped ones."""

    key: tuple[str, ...]  # with the period, what a row is about: equal key, the own row goes first
    needed: tuple[str, ...]
    said: tuple[str, ...] = ()  # a row that fills none of these says nothing yet
    is_closed: bool = False  # only what the shipped table knows can be overridden, nothing added


GUIDANCE_TEXTS = ("meaning_ja", "look_ja", "correct_ja", "prevent_ja")
OVERRIDABLE = {
    "adjustment_letters": Overridable(("payer", "letter"), ("payer", "letter", "label_ja")),
    "categories": Overridable(("category",), ("category",), is_closed=True),
    "code_systems": Overridable(("payer", "pattern"), ("payer", "pattern", "code_system")),
    "departments": Overridable(("department",), ("department", "label_ja")),
    "guidance": Overridable(("payer", "prefecture", "code", "category"), (), said=GUIDANCE_TEXTS),
    "law_numbers": Overridable(("law_number",), ("law_number", "label_ja")),
    "re_examination_results": Overridable(("payer", "result_code"), ("payer", "result_code", "result")),
    "reason_codes": Overridable(
        ("payer", "prefecture", "code"), ("payer", "code"), said=("category", "name_ja")
    ),
    "reason_text_rules": Overridable(("pattern",), ("pattern", "category")),
    "time_rules": Overridable(("rule_id", "payer"), ("rule_id", "value"), is_closed=True),
}
RESULTS = ("returned", "upheld", "cut", "restored", "moved", "withdrawn", "other")
UNDATED_RULES = ("download_months", "settle_after_months")  # one number at a time: no service month decides
OF_WRITING = ("written_on", "next_review")  # of whoever wrote a row, never those of the row it replaces
WIDTHS = {"prefecture": 2, "department": 2, "law_number": 2}  # Excel takes 01 for a number and writes 1
AS_WRITTEN = ("pattern", "category", "source", "note")  # others are codes: full width means half width
PAYERS = {"社保": "shaho", "国保": "kokuho"}
LONGEST_CODE = 6


@dataclass(frozen=True)
class OwnRow:
    """A row in use: the cells it fills, where it stands and since when it holds."""

    file: str
    row: int
    cells: Cells
    period: tuple[date, date] = OPEN


@dataclass(frozen=True)
class Problem:
    """What is wrong where. `row` counts as a spreadsheet does, the line of titles being 1; 0 is the whole file."""

    file: str
    row: int
    rule: str
    message: str


@dataclass
class OwnCodes:
    """All own files of a folder. With problems, none of it is used."""

    rows: dict[str, list[OwnRow]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    unfilled: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class BadCodes(HenreiError):
    """Own code tables that cannot be used; nothing was changed."""

    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        shown = [f"  {told(problem)}" for problem in problems[:10]]
        more = [f"  ほか {len(problems) - 10:,}件"] if len(problems) > 10 else []
        title = f"自院のコード表（{folder}）に直すところが{len(problems):,}件あります。何も変えていません。"
        check = "直したら henrei codes check で確かめてください。"
        super().__init__("\n".join([title, *shown, *more, check]))


def told(problem: Problem) -> str:
    """File, row, rule, what to do."""
    place = f" {problem.row}行目" if problem.row else ""
    return f"{problem.file}{place} [{problem.rule}]: {problem.message}"


def folder_of(database: Path) -> Path:
    """Where the own tables of a database lie."""
    return database.parent / FOLDER


def read_own(folder: Path | None) -> OwnCodes:
    """Read and check every own file. A folder that does not exist is one without files."""
    own = OwnCodes()
    if folder is None or not folder.is_dir():
        return own
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or not path.is_file():  # of a spreadsheet that is open
            continue
        table, suffix = path.stem.lower().split("-")[0], path.suffix.lower()
        if suffix in (".xlsx", ".xls", ".xlsm"):
            text = "Excel のブックは読みません。CSV で保存し直してください。"
            own.problems.append(Problem(path.name, 0, "not_csv", text))
        elif suffix == ".csv" and table not in OVERRIDABLE:
            known = "、".join(f"{name}.csv" for name in OVERRIDABLE)
            what = "この表は変えられません" if table in shipped_tables() else "この名前の表はありません"
            own.problems.append(Problem(path.name, 0, "unknown_table", f"{what}。使える名前: {known}"))
        elif suffix == ".csv":
            own.files.setdefault(table, []).append(path.name)
            _read_file(path, table, own)
    for table, rows in own.rows.items():
        own.problems += _overlaps(table, rows)
    return own


def checked(folder: Path | None) -> OwnCodes:
    """The own tables, all in order. Raises BadCodes otherwise."""
    own = read_own(folder)
    if own.problems and folder is not None:
        raise BadCodes(folder, own.problems)
    return own


def _read_file(path: Path, table: str, own: OwnCodes) -> None:
    try:
        lines = list(csv.reader(io.StringIO(_text(path), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error):
        message = "読めません。ほかで開いていれば閉じ、UTF-8 か Shift_JIS の CSV で保存し直してください。"
        own.problems.append(Problem(path.name, 0, "unreadable", message))
        return
    titles = [cell.strip() for cell in lines[0]] if lines else []
    while titles and not titles[-1]:
        titles.pop()
    usable = [*shipped_columns(table), "source"]
    problems = [
        Problem(path.name, 1, "column", f"{place}番目の列の名前が違います。使える列: {'、'.join(usable)}")
        for place, title in enumerate(titles, 1)
        if title not in usable or title in titles[: place - 1]
    ]
    missing = [name for name in OVERRIDABLE[table].needed if name not in titles]
    problems += [Problem(path.name, 1, "column", f"列 {name} がありません。") for name in missing]
    if not {"source", "source_id"} & set(titles):
        problems.append(Problem(path.name, 1, "source", "列 source（出典）がありません。"))
    if problems:
        own.problems += problems
        return
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        if any(cell.strip() for cell in line[len(titles) :]):
            message = '列の数が題名の行より多くなっています。文の中のコンマは " で囲んでください。'
            own.problems.append(Problem(path.name, number, "width", message))
            continue
        _add_row(table, path.name, number, dict(zip(titles, line, strict=False)), own)


def _text(path: Path) -> str:
    """UTF-8 with or without a byte order mark, else the CP932 of Excel on Windows."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp932")


def _add_row(table: str, file: str, number: int, written: Cells, own: OwnCodes) -> None:
    cells = {name: _plain(name, text) for name, text in written.items()}
    cells = {name: text for name, text in cells.items() if text}
    said = OVERRIDABLE[table].said
    if said and not cells.keys() & set(said):
        own.unfilled[table] = own.unfilled.get(table, 0) + 1  # a list to fill in, not filled yet
        return
    cells["source_id"] = cells.pop("source", cells.get("source_id", ""))
    cells.setdefault("confidence", "own")
    if table == "reason_codes":
        cells["code"] = _zeros_back(cells)
    period, wrong = _period(cells)
    wrong += _wrong_cells(table, cells)
    own.problems += [Problem(file, number, rule, message) for rule, message in wrong]
    if not wrong:
        own.rows.setdefault(table, []).append(OwnRow(file, number, cells, period))


def _plain(column: str, text: str) -> str:
    text = text.strip()
    if column in AS_WRITTEN or column.endswith("_ja"):
        return text
    text = unicodedata.normalize("NFKC", text).strip()
    if column == "payer":
        return PAYERS.get(text, text)
    if text.isdecimal():
        return text.zfill(WIDTHS.get(column, 0))
    return text


def _zeros_back(cells: Cells) -> str:
    """A code of digits gets back the leading zeros Excel took, if the row names the form the code has."""
    code, system = cells.get("code", ""), cells.get("code_system")
    patterns = [
        row["pattern"]
        for row in shipped("code_systems")
        if row["code_system"] == system and row["payer"] == cells.get("payer")
    ]
    if not code.isdecimal():
        return code
    longer = (code.zfill(width) for width in range(len(code), LONGEST_CODE + 1))
    return next((text for text in longer if any(re.search(p, text) for p in patterns)), code)


def _period(cells: Cells) -> tuple[tuple[date, date], list[tuple[str, str]]]:
    """The days a row holds, both included; an empty day is open. The cells are brought to YYYY-MM-DD."""
    days, wrong = dict(zip(("valid_from", "valid_to"), OPEN, strict=True)), []
    for column in (*days, *OF_WRITING):
        if text := cells.get(column):
            parts = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", text)
            try:
                days[column] = date(*map(int, parts.groups())) if parts else date.fromisoformat(text)
                cells[column] = days[column].isoformat()
            except ValueError:
                empty = "" if column in OF_WRITING else "（空は無期限）"
                wrong.append(("date", f"{column} は YYYY-MM-DD の日付で書いてください{empty}。"))
    if not wrong and days["valid_from"] > days["valid_to"]:
        wrong.append(("date", "valid_to が valid_from より前です。"))
    return (days["valid_from"], days["valid_to"]), wrong


def _wrong_cells(table: str, cells: Cells) -> list[tuple[str, str]]:
    """(rule, what to do) for everything wrong in a row."""
    of_table = OVERRIDABLE[table]
    wrong = [("empty", f"{name} が空です。") for name in of_table.needed if name not in cells]
    if not cells["source_id"]:
        wrong.append(
            ("source", "出典（source）が空です。「国保連に電話で確認 2026-04」のように書いてください。")
        )
    for name, text in cells.items():
        wrong += _wrong_cell(table, name, text)
    if table == "guidance" and ("code" in cells) == ("category" in cells):
        # Of a code the table of codes tells the category; with both, two rows on a code would not be seen as one.
        message = "code（一つのコードについて）か category（分類の全体について）の一方だけを書いてください。"
        wrong.append(("one_of", message))
    elif table == "guidance" and "code" in cells and "payer" not in cells:
        wrong.append(("payer", "code を書いた行には payer（社保か国保）も書いてください。"))
    if of_table.is_closed and not wrong:
        known = {tuple(row[k] for k in of_table.key) for row in shipped(table)}
        if tuple(cells.get(k, "") for k in of_table.key) not in known:
            keys = "と ".join(of_table.key)
            wrong.append(("unknown", f"{keys} は henrei codes show {table} に出るものだけ使えます。"))
    if cells.get("rule_id") in UNDATED_RULES and cells.keys() & {"valid_from", "valid_to"}:
        wrong.append(
            ("date", "この決まりに日付は付けられません。valid_from と valid_to を空にしてください。")
        )
    return wrong


def _wrong_cell(table: str, name: str, text: str) -> list[tuple[str, str]]:
    if name == "payer" and text not in PAYERS.values():
        return [("payer", "payer は shaho（社保）か kokuho（国保）です。")]
    if name == "prefecture" and text not in {row["code"] for row in shipped("prefectures")}:
        return [("prefecture", "prefecture は 01〜47 の都道府県コードです（空はどこでも）。")]
    if name == "category" and text not in (known := _categories(table)):
        return [("category", f"category が分類の名前ではありません。使える名前: {'、'.join(known)}")]
    if name == "pattern":
        return _wrong_pattern(text)
    if name == "result" and text not in RESULTS:
        return [("result", f"result は次のどれかです: {'、'.join(RESULTS)}")]
    if name in ("value", "position") and not re.fullmatch(r"[1-9]\d{0,4}", text):
        return [("number", f"{name} は 1 以上の整数です。")]
    if name in ("department", "law_number") and not re.fullmatch(r"\d\d", text):
        return [("code", f"{name} は2桁の数字です。")]
    if name == "is_rerouting" and text not in ("yes", "no"):
        return [("yes_no", "is_rerouting は yes か空です。")]
    return []


def _categories(table: str) -> list[str]:
    """未分類 can be explained (categories, guidance) but is nothing to classify as."""
    names = [row["category"] for row in shipped("categories")]
    return names if table in ("categories", "guidance") else [name for name in names if name != "未分類"]


def _wrong_pattern(pattern: str) -> list[tuple[str, str]]:
    """A pattern is used by DuckDB (RE2) in a load and by Python in the tests; texts come to it in NFKC form."""
    if pattern != unicodedata.normalize("NFKC", pattern):
        message = "英数字と記号は半角、カナは全角で書いてください（文をその形にそろえてから照合します）。"
        return [("pattern", message)]
    try:
        re.compile(pattern)
        duckdb.execute("SELECT REGEXP_MATCHES('', ?)", [pattern]).fetchall()
    except (re.error, duckdb.Error):
        message = "pattern が正規表現として読めません（先読み・後読み (?=…) と後方参照は使えません）。"
        return [("pattern", message)]
    return []


def _overlaps(table: str, rows: list[OwnRow]) -> list[Problem]:
    """Two own rows on the same thing at the same time: which of them holds nobody can say."""
    problems, seen = [], {}
    for row in rows:
        key = tuple(row.cells.get(k, "") for k in OVERRIDABLE[table].key)
        for other in seen.setdefault(key, []):
            if row.period[0] <= other.period[1] and other.period[0] <= row.period[1]:
                place = f"{other.file} {other.row}行目"
                message = f"{place}と同じもので、期間が重なります。古いほうに valid_to を書くか、一方を消してください。"
                problems.append(Problem(row.file, row.row, "overlap", message))
                break
        seen[key].append(row)
    return problems
