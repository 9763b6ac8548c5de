"""A first mapping for a list nobody has described yet, from its headings and the look of its values.

What is sure is written plainly; what is a guess is marked 要確認, what only the office can know is left as "?". The
file holds headings and short category values of the sample, never names, numbers or texts of patients.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from henrei_analytics.errors import HenreiError
from henrei_analytics.lists import sheets
from henrei_analytics.lists.cells import DATE_STYLES, DATED, READ, BadCell, is_blank, text_of
from henrei_analytics.lists.fields import Field, closing_words, data, fields, plain
from henrei_analytics.lists.mapping import TO_FILL
from henrei_analytics.lists.workbook import is_workbook

SAMPLE = 300  # rows whose values are looked at
FEWEST = 3  # headings that must be known in the row of headings
CATEGORIES = 12  # more different values than this are no categories
WORDS = (
    "payer",
    "stage",
    "setting",
    "medium",
    "yes_no",
)  # types whose unknown values are proposed for [values]
GUESSED = 0.9  # share of values that must fit for a guess by value

# what values alone can tell, the surest first: type → form of the text
LOOKS = {
    "digits": r"[0-9]{17,30}",
    "institution": r"(0[1-9]|[1-3][0-9]|4[0-7])[134][0-9]{7}",
    "claim_type": r"[134][1-4][1-5][0-9]",
    "code": r"L[0-9]{4}",
}


@dataclass
class Proposal:
    """The text of a mapping file, and what is left to do in it."""

    text: str
    to_fill: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


@dataclass
class _Column:
    """One column of the sample."""

    place: int
    heading: str
    nth: int
    cells: list


@dataclass
class _Guess:
    """What a column may be, why that is not sure (None: it is), and the date style its values have."""

    column: _Column
    doubt: str | None = None
    style: str | None = None
    unknown: list[str] = field(default_factory=list)


def propose(opened: Callable[[], BinaryIO], name: str) -> Proposal:
    """Look at a file and propose its mapping; `name`, the file's own, becomes the mapping's.

    Raises UnreadableFile for a damaged file and HenreiError for one without a row of headings that looks known.
    """
    sheet, titles, columns = _sample(opened)
    kind, kind_doubt = _kind(columns, titles, name)
    known = fields(kind)
    guesses = _by_heading(columns, known)
    _by_value(columns, known, guesses)
    for each, guess in guesses.items():
        _look_closer(known[each], guess)
    return _written(name, sheet, columns, kind, kind_doubt, known, guesses)


def _sample(opened: Callable[[], BinaryIO]) -> tuple[str | None, list[str], list[_Column]]:
    """The sheet's name (None where there is one), the texts above its row of headings, the columns below it."""
    with opened() as stream:
        head = stream.read(4)
    tables = sheets.excel_sheets(opened) if is_workbook(head) else [sheets.csv_sheet(opened)]
    synonyms = {plain(s) for kind in ("returns", "claims") for f in fields(kind).values() for s in f.synonyms}
    best: tuple[int, str | None, int, list[sheets.Row]] = (0, None, 0, [])
    for table in tables:
        rows = [row for row, _ in zip(table.rows(), range(sheets.HEAD_ROWS + SAMPLE), strict=False)]
        for row in rows[: sheets.HEAD_ROWS]:
            headings = {plain(cell) for cell in row.cells if isinstance(cell, str)}
            score = len(headings & synonyms)
            if score > best[0]:
                name = table.name if len(tables) > 1 else None  # a single sheet need not be named
                best = (score, name, row.number, rows)
    score, sheet, number, rows = best
    if score < FEWEST:
        raise HenreiError(
            "見出しの行が見つかりません。返戻か請求の一覧で、診療年月・保険者番号・点数のような見出しのある表を指定してください。"
        )
    headings = next(row for row in rows if row.number == number).cells
    body = [row for row in rows if row.number > number and not row.is_blank and not _closes(row)]
    columns, seen = [], {}
    for place, heading in enumerate(headings):
        if isinstance(heading, str) and plain(heading):
            seen[plain(heading)] = seen.get(plain(heading), 0) + 1
            cells = [row.cells[place] for row in body if place < len(row.cells)]
            filled = [cell for cell in cells if not is_blank(cell)]
            columns.append(_Column(place, " ".join(heading.split()), seen[plain(heading)], filled))
    titles = [cell for row in rows if row.number < number for cell in row.cells if isinstance(cell, str)]
    return sheet, titles, columns


def _closes(row: sheets.Row) -> bool:
    first = next((cell for cell in row.cells if not is_blank(cell)), None)
    return isinstance(first, str) and plain(first) in closing_words()


def _kind(columns: list[_Column], titles: list[str], name: str) -> tuple[str, str | None]:
    """Returns or claims, and why that is not sure (None: a heading says so)."""
    marks = data("words")["kind"]
    only_claims = {plain(s) for f in fields("claims").values() if f.kinds == ("claims",) for s in f.synonyms}
    headings = [column.heading for column in columns if plain(column.heading) not in only_claims]

    def say(texts: list[str], of: str) -> bool:
        return any(plain(mark) in plain(text) for text in texts for mark in marks[of])

    if say(headings, "returns"):
        return "returns", None
    for texts, whence in ((titles, "表題"), ([name], "ファイル名")):
        if say(texts, "title_returns"):
            return "returns", f"{whence}から推定"
        if say(texts, "title_claims"):
            return "claims", f"{whence}から推定"
    if say(headings, "perhaps_returns"):
        return "returns", "見出しから推定"
    return "claims", "返戻を示す見出しがないため"


def _by_heading(columns: list[_Column], known: dict[str, Field]) -> dict[str, _Guess]:
    """Field → column, by equal headings first, then by headings that contain a known one."""
    guesses: dict[str, _Guess] = {}
    taken: set[int] = set()
    choices = [
        (rank, name, column)
        for name, each in known.items()
        for rank, synonym in enumerate(each.synonyms)
        for column in columns
        if plain(synonym) == plain(column.heading)
    ]
    for rank, name, column in sorted(choices, key=lambda c: (c[0], c[2].place)):
        if name not in guesses and column.place not in taken:
            sure = rank == 0 or known[name].synonyms[rank] != known[name].title
            guesses[name] = _Guess(column, None if sure else "見出しから推定")
            taken.add(column.place)
    for name, each in known.items():
        for column in columns:
            inside = any(len(plain(s)) >= 2 and plain(s) in plain(column.heading) for s in each.synonyms)
            if (
                inside
                and name not in guesses
                and column.place not in taken
                and _share(each, column) >= GUESSED
            ):
                guesses[name] = _Guess(column, "見出しの一部から推定")
                taken.add(column.place)
    # headings that mean different things in different programs
    for name in ("received_month", "payer", "month"):
        if (
            name in guesses
            and guesses[name].doubt is None
            and plain(guesses[name].column.heading) != plain(known[name].title)
        ):
            guesses[name].doubt = "見出しから推定"
    return guesses


def _by_value(columns: list[_Column], known: dict[str, Field], guesses: dict[str, _Guess]) -> None:
    """Fields no heading tells, where the values have a form of their own."""
    taken = {guess.column.place for guess in guesses.values()}
    for type_name, form in LOOKS.items():
        name = next((n for n, each in known.items() if each.type == type_name and n not in guesses), None)
        for column in columns if name else ():
            if (
                column.place not in taken
                and column.cells
                and all(_looks(cell, form) for cell in column.cells)
            ):
                guesses[name] = _Guess(column, "値の形から推定")
                taken.add(column.place)
                break


def _looks(cell: object, form: str) -> bool:
    try:
        return re.fullmatch(form, text_of(cell) or "") is not None
    except BadCell:
        return False


def _share(field: Field, column: _Column, style: str = "auto") -> float:
    """How many of the values can be read as this field, 0 to 1; 0 for an empty column."""
    return (
        sum(_reads(field, cell, style) for cell in column.cells) / len(column.cells) if column.cells else 0.0
    )


def _reads(field: Field, cell: object, style: str) -> bool:
    try:
        READ[field.type](cell, style) if field.type in DATED else READ[field.type](cell)
    except BadCell:
        return False
    return True


def _look_closer(field: Field, guess: _Guess) -> None:
    """Date style, unknown categories and values that do not fit."""
    cells = guess.column.cells
    if not cells:
        guess.doubt = "見本に値がありません"
        return
    if field.type in DATED:
        shares = {style: _share(field, guess.column, style) for style in DATE_STYLES}
        if shares["auto"] < 1.0:
            best = max(DATE_STYLES, key=shares.__getitem__)
            guess.style = best if shares[best] > shares["auto"] else None
            if guess.style == "excel":
                guess.doubt = "日付の通し番号と推定"
    share = _share(field, guess.column, guess.style or "auto")
    if field.type in WORDS and share < 1.0:
        unknown = sorted(
            {
                text_of(c) or ""
                for c in cells
                if not isinstance(c, bool) and not _reads(field, c, "auto") and _is_text(c)
            }
        )
        if len(unknown) <= CATEGORIES:
            guess.unknown = unknown
            return
    if share < 1.0:
        wrong = sum(not _reads(field, cell, guess.style or "auto") for cell in cells)
        guess.doubt = f"見本の{len(cells)}件のうち{wrong}件が{field.title}として読めません"


def _is_text(cell: object) -> bool:
    try:
        return bool(text_of(cell))
    except BadCell:
        return False


def _written(
    name: str,
    sheet: str | None,
    columns: list[_Column],
    kind: str,
    kind_doubt: str | None,
    known: dict[str, Field],
    guesses: dict[str, _Guess],
) -> Proposal:
    """The mapping as a TOML text."""
    made = Proposal("")
    if "month" not in guesses and "received_month" in guesses:
        told = {"month"}
    else:
        guesses.pop("received_month", None)
        told = set()
    if "return_class" in guesses and guesses["return_class"].doubt is None:
        told.add("stage")
    lines = [
        "# henrei の対応表: この一覧のどの列が何かを書いたもの。データベースの隣の mappings フォルダーに置きます。",
        "# 「要確認」の行を確かめ、「?」をすべて埋めてください。",
        f"name = {_quoted(name)}",
        f"kind = {_quoted(kind)}"
        + (f"    # 要確認: returns（返戻）か claims（請求）。{kind_doubt}" if kind_doubt else ""),
    ]
    if kind_doubt:
        made.unsure.append(f"kind（返戻の一覧か請求の一覧か）: {kind_doubt}、{kind} としました")
    if sheet is not None:
        lines.append(f"sheet = {_quoted(sheet)}    # 要確認: 毎月同じ名前のシートか。違うならこの行を消す")
        made.unsure.append("sheet（シートの名前）")
    lines += ["", "[columns]                       # 項目 = 表の見出し"]
    for each in known.values():
        if each.name in guesses:
            guess = guesses[each.name]
            lines.append(
                f"{each.name} = {_entry(guess)}" + (f"    # 要確認: {guess.doubt}" if guess.doubt else "")
            )
            if guess.doubt:
                made.unsure.append(f"{each.name}（{each.title}）: {guess.doubt}")
    lines += ["", "[fixed]                         # 表全体に共通の値"]
    for each in known.values():
        if kind in each.required and each.name not in guesses and each.name not in told:
            lines.append(
                f"{each.name} = {_quoted(TO_FILL)}    # 要記入: {each.title}。{each.hint}".rstrip("。")
            )
            made.to_fill.append(f"{each.name}（{each.title}）")
    if kind == "claims" and not guesses.keys() & {"claim_type", "setting"}:
        lines.append(f"setting = {_quoted(TO_FILL)}    # 要記入: inpatient（入院）か outpatient（入院外）")
        made.to_fill.append("setting（入院・入院外）")
    for each in known.values():
        if each.name in guesses and guesses[each.name].unknown:
            meanings = "、".join(data("words")[each.type])
            lines += ["", f'[values.{each.name}]    # 表の値 = 意味（{meanings}。"" は空欄扱い）']
            for value in guesses[each.name].unknown:
                lines.append(f"{_quoted(value)} = {_quoted(TO_FILL)}    # 要記入")
            made.to_fill.append(f"values.{each.name}（{each.title}の値の意味）")
    used = {guess.column.place for guess in guesses.values()}
    unused = [column.heading for column in columns if column.place not in used]
    if unused:
        lines += ["", "# 使わない列: " + "、".join(_comment(heading) for heading in unused)]
    made.text = "\n".join(lines) + "\n"
    return made


def _entry(guess: _Guess) -> str:
    heading = _quoted(guess.column.heading)
    extra = f", nth = {guess.column.nth}" if guess.column.nth > 1 else ""
    extra += f", date_style = {_quoted(guess.style)}" if guess.style else ""
    return f"{{ heading = {heading}{extra} }}" if extra else heading


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'


def _comment(text: str) -> str:
    """Text that cannot end a comment."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
