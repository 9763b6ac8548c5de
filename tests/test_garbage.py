"""Broken, cut, foreign and hostile files: each gets its sentence, none changes what was loaded before."""

from __future__ import annotations

import os
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from typer.testing import CliRunner

from henrei_analytics.cli import app
from office import Office
from record_files import (
    Notice,
    Receipt,
    Returned,
    claim_file,
    claim_text,
    in_bytes,
    notice_file,
    notice_text,
    return_text,
)

MARKER = "鬼瓦　轟太郎"
PERSON = Receipt(name=MARKER, symbol="記号甲乙丙", search="13101202608000000101")
OTHER = replace(PERSON, name="鬼瓦　花子", points=100, search="13101202608000000102")
TEXT = return_text([Returned(PERSON), Returned(OTHER)])
WHOLE = in_bytes(TEXT)
RE, HO, SECOND_RE = (
    next(n for n, line in enumerate(TEXT) if line.startswith(id_)) for id_ in ("RE,1", "HO,", "RE,2")
)


def changed(*places: tuple[int, Callable[[str], str]]) -> bytes:
    """The file with some of its lines changed."""
    lines = list(TEXT)
    for place, change in places:
        lines[place] = change(lines[place])
    return in_bytes(lines)


def item(number: int, value: str) -> Callable[[str], str]:
    """Change one item of a line."""

    def change(line: str) -> str:
        items = line.split(",")
        items[number - 1] = value
        return ",".join(items)

    return change


def first_items(count: int) -> Callable[[str], str]:
    return lambda line: ",".join(line.split(",")[:count])


REJECTED = {
    "nothing in it": (b"", "empty"),
    "an end mark alone": (b"\x1a", "empty"),
    "NUL bytes": (b"\0" * 5000, "empty"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "not_text"),
    "a zip": (b"PK\x03\x04" + bytes(100), "not_text"),
    "a picture": (b"\xff\xd8\xff\xe0" + bytes(100), "not_text"),
    "noise": (random.Random(1).randbytes(200_000), "unknown"),
    "UTF-8": (WHOLE.decode("cp932").encode("utf-8"), "encoding"),
    "UTF-8 with a mark": (WHOLE.decode("cp932").encode("utf-8-sig"), "encoding"),
    "UTF-16": (WHOLE.decode("cp932").encode("utf-16"), "encoding"),
    "a long line of Japanese without end": ("漢字".encode("cp932") * 40_000, "unknown"),
    "cut inside a line": (WHOLE[: WHOLE.index(b"HR,") + 20], "truncated"),
    "cut between two lines": (WHOLE[: WHOLE.index(b"HG,")], "truncated"),
    "cut inside the last line": (WHOLE[: WHOLE.index(b"HG,") + 4], "truncated"),
    "no header": (in_bytes(TEXT[2:]), "unknown"),
    "a month that is none in the header": (changed((0, item(3, "202613"))), "header"),
    "a payer that is none": (changed((0, item(2, "7"))), "header"),
    "wide digits in the header": (changed((0, item(6, "９９１２３４５"))), "header"),
    "two headers": (in_bytes(TEXT[:SECOND_RE] + TEXT), "two_headers"),
    "lines after the trailer": (in_bytes([*TEXT, *TEXT[1:SECOND_RE]]), "after_trailer"),
    "two trailers": (in_bytes([*TEXT[:SECOND_RE], TEXT[-1], *TEXT[SECOND_RE:]]), "after_trailer"),
    "a line of 3 MB": (changed((HO, lambda line: line + "x" * 3_000_000)), "line_too_long"),
    "3 MB that are not wanted": (in_bytes([TEXT[0], "SI," + "x" * 3_000_000, *TEXT[1:]]), "line_too_long"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, dict[str, list], str]:
    """All rejected files in one run over a database that holds a good one: files before and after, what was said."""
    office = Office(tmp_path_factory.mktemp("garbage"))
    office.save("good/RECEIPTC.UKE", claim_file([Receipt()], "202608"))
    office.load()
    before = office.dump()
    for name, (content, _) in REJECTED.items():
        office.save(f"{name}/RECEIPTC.HEN", content)
    said = loaded_by_command(office, 1)
    return office, before, said


def loaded_by_command(office: Office, exit_code: int) -> str:
    """What `henrei load` says; it holds nothing of the lines, nor does the database."""
    result = CliRunner().invoke(app, ["load", str(office.folder), "--database", str(office.database)])
    assert (result.exit_code, result.exception is None or isinstance(result.exception, SystemExit)) == (
        exit_code,
        True,
    )
    assert_nobody_named(result.output.encode())
    for path in office.database.parent.glob("henrei.duckdb*"):
        assert_nobody_named(path.read_bytes())
    unbalanced = "SELECT name FROM mart.files WHERE lines <> lines_loaded + lines_skipped + lines_quarantined"
    assert office.values(unbalanced) == []
    return result.output


def assert_nobody_named(content: bytes) -> None:
    for text in ("鬼瓦", "轟太郎", "甲乙丙"):
        for encoding in ("utf-8", "cp932", "utf-16-le"):
            assert text.encode(encoding) not in content


@pytest.mark.parametrize("name", REJECTED)
def test_a_file_that_cannot_be_read_whole_is_rejected_with_its_reason(run: tuple, name: str) -> None:
    office, _, said = run
    (file,) = office.rows(f"SELECT * FROM mart.files WHERE name = 'files/{name}/RECEIPTC.HEN'")
    assert (file["status"], file["lines"]) == ("rejected", file["lines_quarantined"])
    (entry,) = office.rows(f"SELECT * FROM mart.quarantine WHERE file_id = '{file['file_id']}'")
    assert (entry["line_number"], entry["rule"]) == (None, REJECTED[name][1])
    assert f"files/{name}/RECEIPTC.HEN: {entry['message']}" in said.replace("\n", "")


def test_what_was_loaded_before_stays_as_it_was(run: tuple) -> None:
    office, before, _ = run
    after = office.dump()
    for view in before.keys() - {"files", "quarantine", "attention"}:  # what speaks of the rejected files
        assert after[view] == before[view]
    assert set(before["files"]) < set(after["files"])


ARCHIVES = {
    "a damaged member": lambda good: good.replace(b"HI,1,", b"HI,2,"),
    "cut in half": lambda good: good[: len(good) // 2],
    "no archive": lambda good: b"x" * 100,
}


@pytest.mark.parametrize("damage", ARCHIVES)
def test_damaged_archives(office: Office, damage: str) -> None:
    path = office.folder / "9月.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("RECEIPTC.HEN", WHOLE)
    path.write_bytes(ARCHIVES[damage](path.read_bytes()))
    said = loaded_by_command(office, 1)
    assert "読み込めなかったファイル: 1件" in said
    assert office.rows("SELECT * FROM mart.returns") == []


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="needs a user whom the system refuses something"
)
def test_files_nobody_may_read(office: Office) -> None:
    office.save("RECEIPTC.HEN", WHOLE).chmod(0)
    office.save_zip("9月.zip", {"RECEIPTC.HEN": WHOLE}).chmod(0)
    said = loaded_by_command(office, 1)
    assert "読み込めなかったファイル: 2件" in said and "PermissionError" in said


def test_a_file_that_stops_half_way(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office.save("RECEIPTC.HEN", WHOLE)
    office.save("good/RECEIPTC.UKE", claim_file([Receipt()]))
    opened = Path.open

    class Failing:
        def __init__(self, stream: BinaryIO) -> None:
            self._stream, self._reads = stream, 0

        def read(self, size: int = -1) -> bytes:
            self._reads += 1
            if self._reads > 3:
                raise OSError
            return self._stream.read(min(size, 400))

        def __enter__(self) -> Failing:
            return self

        def __exit__(self, *_: object) -> None:
            self._stream.close()

    def open_badly(self: Path, *args: Any, **options: Any) -> object:
        stream = opened(self, *args, **options)
        return Failing(stream) if self == path else stream

    monkeypatch.setattr(Path, "open", open_badly)
    assert "OSError" in loaded_by_command(office, 1)
    assert office.values("SELECT COUNT(*) FROM mart.returns") == [0]
    assert office.values("SELECT COUNT(*) FROM mart.claims") == [1]


QUARANTINED = {
    "points that are no number": (changed((HO, item(6, "x"))), "value", HO),
    "points in wide digits": (changed((HO, item(6, "２９１"))), "value", HO),
    "points too long for any number": (changed((HO, item(6, "9" * 30))), "value", HO),
    "points with a NUL byte": (changed((HO, item(6, "29\0"))), "value", HO),
    "an insurer line too short": (changed((HO, first_items(4))), "items", HO),
    "a line before the first receipt": (in_bytes([TEXT[0], TEXT[HO], *TEXT[1:]]), "receipt", 1),
}


@pytest.mark.parametrize("case", QUARANTINED)
def test_a_line_that_does_not_fit_is_set_aside_alone(office: Office, case: str) -> None:
    content, rule, place = QUARANTINED[case]
    office.save("RECEIPTC.HEN", content)
    said = loaded_by_command(office, 1)
    assert office.row("SELECT line_number, rule FROM mart.quarantine") == {
        "line_number": place + 1,
        "rule": rule,
    }
    assert office.values("SELECT COUNT(*) FROM mart.returns") == [2]
    assert "隔離した行: 1行" in said


BAD_RECEIPTS = {
    "a month that is none": (item(4, "202613"), "value"),
    "no month": (item(4, ""), "required"),
    "no kind of receipt": (item(3, ""), "required"),
    "too short": (first_items(10), "items"),
}


@pytest.mark.parametrize("case", BAD_RECEIPTS)
def test_a_receipt_that_does_not_fit_is_set_aside_with_its_lines(office: Office, case: str) -> None:
    change, rule = BAD_RECEIPTS[case]
    office.save("RECEIPTC.HEN", changed((RE, change)))
    loaded_by_command(office, 1)
    wanted = ["RE", "HO", "HR", "履歴", "履歴"]  # of the history block its RE and HR
    found = office.rows("SELECT line_no, record_type, rule FROM ledger.quarantine ORDER BY line_no")
    assert [row["record_type"] for row in found] == wanted
    assert [row["rule"] for row in found] == [rule] + ["receipt"] * 4
    assert found[-1]["line_no"] <= SECOND_RE
    assert office.values("SELECT points FROM mart.returns") == [OTHER.points]


def test_totals_that_do_not_agree(office: Office) -> None:
    office.save("RECEIPTC.HEN", changed((-1, item(2, "9"))))
    said = loaded_by_command(office, 1)
    assert office.values("SELECT balanced FROM mart.files") == [False]
    assert "件数 記載 9 / 実際 2" in said
    assert office.values("SELECT COUNT(*) FROM mart.returns") == [2]


def test_bytes_that_are_no_character_are_read_with_a_note(office: Office) -> None:
    office.save(
        "RECEIPTC.HEN",
        WHOLE.replace("架空の理由".encode("cp932"), "架空\x80".encode("latin-1", "replace") + b"\xff\xfe", 1),
    )
    said = loaded_by_command(office, 0)
    assert "1行に読めない文字があり" in said
    assert office.values("SELECT COUNT(*) FROM mart.returns") == [2]


def test_a_notice_with_bad_rows(office: Office) -> None:
    lines = notice_text([Notice(name=MARKER, points=points) for points in (1, "x", 3)])
    lines[2] = lines[2].replace("3,,", "3,0813,", 1)
    office.save("renamed.csv", in_bytes(lines, eof=b""))
    loaded_by_command(office, 1)
    assert office.values("SELECT line_number FROM mart.quarantine ORDER BY 1") == [3, 4]
    assert office.values("SELECT points FROM mart.returns") == [3]


def test_a_notice_cut_inside_its_last_row(office: Office) -> None:
    office.save("renamed.csv", notice_file([Notice(name=MARKER), Notice(name=MARKER)])[:-40])
    assert "途中で終わっています" in loaded_by_command(office, 1)


def test_files_of_no_receipts(office: Office) -> None:
    office.save("1/RECEIPTC.UKE", in_bytes([claim_text([])[0], "GO,0,0,99"]))
    office.save("2/renamed.csv", notice_file([]))
    loaded_by_command(office, 0)
    assert office.values("SELECT receipts FROM mart.files") == [0, 0]
