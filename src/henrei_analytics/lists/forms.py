"""What the office fills in itself: forms (an Excel workbook with drop-downs, a small CSV) and proposed mappings."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import xlsxwriter

from henrei_analytics.codes import shipped
from henrei_analytics.errors import HenreiError
from henrei_analytics.files import make_folder
from henrei_analytics.lists.fields import data
from henrei_analytics.lists.mapping import form, mappings_folder
from henrei_analytics.lists.proposal import propose

FORMS = {
    "paper-returns": ("paper", ".xlsx"),
    "claim-volumes": ("volumes", ".csv"),
    "actions": ("actions", ".xlsx"),
}  # KIND → data, usual ending
ROWS = 2000  # rows with drop-downs; rows below are read as well
GUIDE, CODES = "記入のしかた", "コード表"
CODE_LISTS = {  # name in the form's data → table, code, label (None: the code says it all), title, which rows
    "reason_numbers": ("reason_codes", "code", "name_ja", "国保連の返戻事由番号（紙の通知）", ("code_system", "kokuho_number")),
    "return_classes": ("return_classes", "return_class", "name_ja", "返戻区分", None),
    "departments": ("departments", "department", "label_ja", "診療科", None),
    "categories": ("categories", "category", None, "返戻の分類", None),
    "category_meanings": ("categories", "category", "meaning_ja", "分類の意味", None),
}  # fmt: skip
HEADING, FIRST_EXAMPLE = 3, 4  # rows from 0: title, explanation, what is needed, headings, examples
FONT = "Yu Gothic"
CREATED = datetime(2026, 1, 1)  # the same form is the same bytes


def write_form(kind: str, out: Path | None = None) -> Path:
    """Write the form KIND (a key of FORMS) to `out`, whose ending (.xlsx, .csv) tells how; give back the path.

    Raises HenreiError for an unknown kind or ending, and for a file that exists already.
    """
    if kind not in FORMS:
        raise HenreiError(f"入力表「{kind}」はありません（{'、'.join(FORMS)}）。")
    name, usual = FORMS[kind]
    path = out or Path(kind + usual)
    ending = path.suffix.lower()
    if ending == ".xlsx":
        content = _workbook(name)
    elif ending == ".csv" and name == "volumes":
        content = _csv(name)
    else:
        ways = "・".join((".xlsx", ".csv") if name == "volumes" else (".xlsx",))
        raise HenreiError(f"{path.name}: この入力表のファイル名は {ways} で終わる名前にしてください。")
    write_new(path, content)
    return path


def write_mapping(sample: Path, out: Path | None, database: Path) -> list[str]:
    """Propose a mapping for a list and write it; give back what to tell the user.

    Without `out` it goes to the mappings folder beside the database. Raises HenreiError.
    """
    if not sample.is_file():
        raise HenreiError(f"{sample} が見つかりません。パスを確かめてください。")
    path = out or mappings_folder(database) / f"{sample.stem}.toml"
    proposal = propose(lambda: sample.open("rb"), sample.stem)
    write_new(path, proposal.text.encode())
    lines = [f"対応表の案を作りました: {path}"]
    for title, entries in (("埋めるところ（?）", proposal.to_fill), ("確かめるところ", proposal.unsure)):
        if entries:
            lines += [f"■ {title}: {len(entries)}件", *(f"  {entry}" for entry in entries)]
    if path.parent.resolve() != mappings_folder(database).resolve():
        lines.append(f"使うときは {mappings_folder(database)} に置いてください。")
    return lines


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet. Raises HenreiError."""
    try:
        make_folder(path.parent)
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise HenreiError(f"{path} はすでにあります。上書きしません。別の名前を指定してください。") from None
    except OSError as error:
        raise HenreiError(f"{path} に書けません（{type(error).__name__}）。") from None


def _csv(name: str) -> bytes:
    """Headings alone, with a byte order mark: without it Excel takes Japanese for something else."""
    text = io.StringIO()
    headings = [column["heading"] for column in data(name)["column"] if column.get("in_csv", True)]
    csv.writer(text, lineterminator="\r\n").writerow(headings)
    return text.getvalue().encode("utf-8-sig")


def _workbook(name: str) -> bytes:
    raw, required = data(name), form(name).required
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": raw["title"], "created": CREATED})
    look = _Look(book)
    sheet = book.add_worksheet(raw["sheet"])
    guide = book.add_worksheet(GUIDE)
    wanted = [column[key] for column in raw["column"] for key in ("codes", "explained") if key in column]
    ranges = _code_sheet(book, look, wanted)
    sheet.write(0, 0, raw["marker"], look.title)
    sheet.write(1, 0, raw["intro"], look.note)
    for place, column in enumerate(raw["column"]):
        needed = column["field"] in required
        entry = look.number if column.get("number") else look.day if column.get("day") else look.text
        sheet.set_column(place, place, column["width"], entry)
        sheet.write(HEADING - 1, place, "＊必須" if needed else "", look.needed)
        sheet.write(HEADING, place, column["heading"], look.heading_needed if needed else look.heading)
        sheet.write_comment(HEADING, place, column["help"], {"author": "", "x_scale": 1.6, "y_scale": 0.9})
        _examples(sheet, place, column, look)
        _choices(sheet, place, column, ranges)
    sheet.set_row(HEADING, 30)
    sheet.freeze_panes(HEADING + 1, 2)
    sheet.set_landscape()
    sheet.repeat_rows(HEADING)
    _guide(guide, raw, required, look)
    book.close()
    return content.getvalue()


class _Look:
    """Formats of one workbook. Entries are text, so that Excel keeps leading zeros and makes no dates but of days."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": FONT, "font_size": 11}
        frame = base | {
            "border": 1,
            "border_color": "#BFBFBF",
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
        }
        self.title = book.add_format(base | {"bold": True, "font_size": 14})
        self.note = book.add_format(base | {"font_color": "#595959"})
        self.needed = book.add_format(base | {"font_color": "#9C2A10", "align": "center", "font_size": 9})
        self.heading = book.add_format(frame | {"bold": True, "bg_color": "#E7E6E6"})
        self.heading_needed = book.add_format(frame | {"bold": True, "bg_color": "#D6E4F0"})
        self.text = book.add_format(base | {"num_format": "@"})
        self.day = book.add_format(base | {"num_format": "yyyy-mm-dd"})
        self.number = book.add_format(base | {"num_format": "#,##0"})
        self.example = book.add_format(
            base | {"num_format": "@", "italic": True, "font_color": "#7F7F7F", "bg_color": "#F2F2F2"}
        )
        self.plain = book.add_format(base | {"text_wrap": True, "valign": "top"})


def _examples(sheet: xlsxwriter.worksheet.Worksheet, place: int, column: dict, look: _Look) -> None:
    count = 2
    for row, text in enumerate(column.get("examples", ["例"] * count)):
        sheet.write_string(FIRST_EXAMPLE + row, place, text, look.example)


def _choices(sheet: xlsxwriter.worksheet.Worksheet, place: int, column: dict, ranges: dict[str, str]) -> None:
    """Drop-downs; what stands in no code list may be written all the same (other codes exist), unless it is strict."""
    if "choices" in column:
        rule = {"validate": "list", "source": column["choices"], "error_title": column["heading"],
                "error_message": f"{'・'.join(column['choices'])} から選んでください。"}  # fmt: skip
    elif "codes" in column:
        rule = {"validate": "list", "source": f"={ranges[column['codes']]}",
                "show_error": column.get("strict", False), "error_title": column["heading"],
                "error_message": "一覧から選んでください。"}  # fmt: skip
    else:
        return
    sheet.data_validation(FIRST_EXAMPLE, place, FIRST_EXAMPLE + ROWS, place, rule)


def _code_sheet(book: xlsxwriter.Workbook, look: _Look, wanted: list[str]) -> dict[str, str]:
    """A sheet with one code list a column; list → the range its drop-down takes."""
    ranges = {}
    if not wanted:
        return ranges
    sheet = book.add_worksheet(CODES)
    for place, name in enumerate(dict.fromkeys(wanted)):
        table, code, label, title, only = CODE_LISTS[name]
        rows = [r for r in shipped(table) if not only or r[only[0]] == only[1]]
        sheet.set_column(place, place, 44)
        sheet.write(0, place, title, look.heading)
        for row, each in enumerate(rows, start=1):
            text = f"{each[code]}：{each[label]}" if label else each[code]
            sheet.write_string(row, place, text, look.plain)
        letter = chr(ord("A") + place)
        ranges[name] = f"'{CODES}'!${letter}$2:${letter}${len(rows) + 1}"
    sheet.freeze_panes(1, 0)
    return ranges


def _guide(sheet: xlsxwriter.worksheet.Worksheet, raw: dict, required: frozenset[str], look: _Look) -> None:
    """One line a column, and what to do with the file."""
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 80)
    sheet.write(0, 0, f"{raw['title']}の記入のしかた", look.title)
    lines = data("guide")[raw["layout"]]["lines"]
    for row, line in enumerate(lines, start=1):
        sheet.merge_range(row, 0, row, 2, line, look.plain)
    start = len(lines) + 2
    for place, title in enumerate(("列", "必須", "書き方")):
        sheet.write(start, place, title, look.heading)
    for row, column in enumerate(raw["column"], start=start + 1):
        sheet.write(row, 0, column["heading"], look.plain)
        sheet.write(row, 1, "＊" if column["field"] in required else "", look.plain)
        sheet.write(row, 2, column["help"], look.plain)
