"""The invented office: its files are in the official shape, and the truth says what they say.

The files are read here by splitting lines, not by the package's readers, so that a mistake made in both
places cannot hide.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from henrei_analytics.demo import write_demo

MONTHS = 12
ITEMS = {
    "IR": 10, "RE": 38, "HO": 15, "KO": 12, "SN": 9, "JD": 33, "MF": 33, "SY": 8, "SI": 44, "IY": 44, "CO": 5,
    "SJ": 3, "GO": 4, "HI": 8, "HR": 14, "HG": 4, "MN": 7, "MD": 22, "MK": 16, "RC": 2,
}  # fmt: skip
CLAIM_ORDER = ("RE", "HO", "KO", "SN", "JD", "MF", "SY", "SI", "SJ", "HR", "history")
Truth = dict[str, Any]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, months=MONTHS)
    return folder


@pytest.fixture(scope="module")
def truth(out: Path) -> Truth:
    return json.loads((out / "truth.json").read_text(encoding="utf-8"))


def read_lines(path: Path) -> list[str]:
    return path.read_bytes().rstrip(b"\x1a").decode("cp932").splitlines()


def record_files(out: Path, truth: Truth, *kinds: str) -> Iterator[tuple[dict[str, Any], list[list[str]]]]:
    """Every record file (copies left out) with its lines split into items."""
    for file in truth["files"]:
        if file["kind"] in kinds and not file["copy_of"]:
            yield file, [line.split(",") for line in read_lines(out / file["path"])]


def receipts_of(rows: list[list[str]]) -> list[list[list[str]]]:
    """The rows between the file's first and last, cut at each RE without prefix."""
    receipts: list[list[list[str]]] = []
    for row in rows[1:-1]:
        if row[0] == "RE":
            receipts.append([])
        receipts[-1].append(row)
    return receipts


def search_numbers(receipt: list[list[str]]) -> list[str]:
    """検索番号 of the receipt itself and of every RE in its history block, newest first."""
    return [receipt[0][18], *(row[21] for row in receipt if row[0].isdigit() and row[3] == "RE")]


def receipt_points(receipt: list[list[str]]) -> int:
    payer_rows = [row for row in receipt if row[0] in ("HO", "KO")]
    return int(payer_rows[0][5])


def fingerprint(folder: Path) -> dict[str, tuple[bytes, float]]:
    return {
        str(path.relative_to(folder)): (
            path.read_bytes(),
            path.stat().st_mtime if path.suffix != ".json" else 0,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_and_file_times(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_demo(tmp_path / name, seed=7, months=2)
    write_demo(tmp_path / "c", seed=8, months=2)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")
    assert fingerprint(tmp_path / "a") != fingerprint(tmp_path / "c")


def test_refuses_to_mix_two_demos(tmp_path: Path) -> None:
    write_demo(tmp_path, months=1)
    with pytest.raises(FileExistsError):
        write_demo(tmp_path, months=1, seed=2)


def test_refuses_months_whose_files_looked_different(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2021-10"):
        write_demo(tmp_path, months=3, last_month=date(2021, 11, 1))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("last_month", [date(2021, 12, 1), date(2026, 1, 1)])
def test_any_month_can_be_the_last(tmp_path: Path, last_month: date) -> None:
    summary = write_demo(tmp_path, months=3, last_month=last_month)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert truth["as_of"] == summary.as_of.isoformat()
    assert max(r["processing_month"] for r in truth["returns"]) == last_month.isoformat()
    assert len({v["claim_month"] for v in truth["claim_volume"]}) == 4


def test_every_record_has_its_number_of_items(out: Path, truth: Truth) -> None:
    seen = set()
    for file, rows in record_files(out, truth, "uke", "hen", "sah"):
        for row in rows:
            record = row[3:] if row[0].isdigit() else row
            seen.add(record[0])
            assert len(record) == ITEMS[record[0]], (file["path"], record)
    assert seen == set(ITEMS)


def test_records_of_a_receipt_stand_in_the_official_order(out: Path, truth: Truth) -> None:
    for file, rows in record_files(out, truth, "uke", "hen", "sah"):
        for receipt in receipts_of(rows):
            names = ["history" if row[0].isdigit() else row[0] for row in receipt]
            order = [CLAIM_ORDER.index("SI" if name in ("IY", "CO") else name) for name in names]
            assert order == sorted(order), (file["path"], names)


def test_items_add_up_to_the_points_of_the_receipt(out: Path, truth: Truth) -> None:
    for _, rows in record_files(out, truth, "uke"):
        for receipt in receipts_of(rows):
            care = [row for row in receipt if row[0] in ("SI", "IY")]
            assert sum(int(row[5] or 0) * int(row[6]) for row in care) == receipt_points(receipt)
            assert all(sum(int(mark or 0) for mark in row[13:]) == int(row[6]) for row in care)


def test_totals_of_each_file_count_payer_lines_and_points(out: Path, truth: Truth) -> None:
    for file, rows in record_files(out, truth, "uke", "hen", "sah"):
        receipts = receipts_of(rows)
        count = sum(row[0] in ("HO", "KO") for row in rows)
        points = sum(map(receipt_points, receipts))
        assert rows[-1][1:] == [str(count), str(points), "99"]
        assert (file["control_count"], file["control_points"]) == (count, points)
        assert (file["lines"], file["receipts"]) == (len(rows), len(receipts))


def test_history_block_ends_with_its_only_rc_and_starts_with_the_receipts_number(
    out: Path, truth: Truth
) -> None:
    for file, rows in record_files(out, truth, "uke", "hen", "sah"):
        for receipt in receipts_of(rows):
            block = [row for row in receipt if row[0].isdigit()]
            assert bool(block) == bool(receipt[0][18])
            if not block:
                continue
            assert [row[3] for row in block].count("RC") == 1 and block[-1][3] == "RC"
            assert [int(row[1]) for row in block] == list(range(1, len(block) + 1))
            first = block[0]
            assert first[3] == ("MN" if file["kind"] == "sah" else first[3])
            assert first[6 if first[3] == "MN" else 21] == receipt[0][18]
            if file["kind"] == "hen":
                assert block[0][0] == "8"


def test_re_claim_repeats_the_history_block_byte_for_byte(out: Path, truth: Truth) -> None:
    blocks = {}
    for _, rows in record_files(out, truth, "hen", "sah"):
        for receipt in receipts_of(rows):
            blocks[receipt[0][18]] = [row for row in receipt if row[0].isdigit()]
    compared = 0
    for _, rows in record_files(out, truth, "uke"):
        for receipt in receipts_of(rows):
            if receipt[0][18] in blocks:
                assert [row for row in receipt if row[0].isdigit()] == blocks[receipt[0][18]]
                compared += 1
    assert compared > 50


def test_claim_volume_is_what_the_claim_files_hold(out: Path, truth: Truth) -> None:
    newest: dict[tuple[str, ...], tuple[float, int]] = {}
    for file, rows in record_files(out, truth, "uke"):
        assert rows[0][7] == file["month"].replace("-", "")[:6]
        for receipt in receipts_of(rows):
            re = receipt[0]
            key = (file["institution"], file["payer"], file["month"], re[3], re[2], re[13], re[18])
            version = ((out / file["path"]).stat().st_mtime, receipt_points(receipt))
            newest[key] = max(newest.get(key, version), version)
    volume: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (institution, payer, month, _, claim_type, _, number), (_, points) in newest.items():
        cell = volume[institution, payer, month, "inpatient" if claim_type[3] in "13579" else "outpatient"]
        cell[0] += 1
        cell[1] += bool(number)
        cell[2] += points
    told = {
        (v["institution"], v["payer"], v["claim_month"], v["setting"]): [
            v["claims"],
            v["resubmissions"],
            v["points"],
        ]
        for v in truth["claim_volume"]
    }
    assert told == volume
    assert all(v["claims"] == v["first_claims"] + v["resubmissions"] for v in truth["claim_volume"])


def test_returns_are_what_the_return_files_hold(out: Path, truth: Truth) -> None:
    by_number = {r["search_number"]: r for r in truth["returns"]}
    assert len(by_number) == len(truth["returns"])
    seen = Counter()
    for file, rows in record_files(out, truth, "hen", "sah"):
        for receipt in receipts_of(rows):
            re, told = receipt[0], by_number[receipt[0][18]]
            seen[re[18]] += 1
            payer_row = receipt[1]
            reasons = [row for row in receipt if row[0] == "HR"]
            assert file["kind"] in told["sources"]
            assert told["stage"] == ("first_review" if file["kind"] == "hen" else "re_examination")
            assert told["processing_month"] == file["month"]
            assert told["service_month"].replace("-", "")[:6] == re[3]
            assert (told["claim_type"], told["chart_number"]) == (re[2], re[13])
            assert told["department"] == (re[21] or None)
            assert told["insurer_number"] == payer_row[1].strip()
            assert told["points"] == receipt_points(receipt)
            assert told["reasons"] == [{"code": row[4], "text": row[5]} for row in reasons]
            assert {row[2] for row in reasons} == {str(told["return_class"])}
            assert (told["return_class"] <= 3) == (file["kind"] == "hen")
            older = list(dict.fromkeys(search_numbers(receipt)))[1:]
            assert told["previous_search_number"] == (older[0] if older else None)
            assert told["round"] == 1 + len(older)
    assert set(seen.values()) == {1}
    assert {n for n, r in by_number.items() if r["sources"] == ["henr"]} == set(by_number) - set(seen)


def test_henr_reports_every_first_review_return(out: Path, truth: Truth) -> None:
    reported: dict[str, list[dict[str, str]]] = {}
    for file, rows in record_files(out, truth, "henr"):
        assert (len(rows[0]), rows[0][0], rows[1][0]) == (9, "1", "2")
        for row in rows[1:]:
            assert len(row) == 20
        for row in rows[2:]:
            if row[0] == "3":
                number = row[18]
                reported[number] = []
                assert len(row[3]) == 8 and row[2][4] == "-"
                assert row[2][:4] == file["name"][-8:-4]
            reported[number].append({"code": row[15], "text": row[16]})
    assert reported == {r["search_number"]: r["reasons"] for r in truth["returns"] if "henr" in r["sources"]}
    assert all(("henr" in r["sources"]) == (r["stage"] == "first_review") for r in truth["returns"])


def test_chains_and_status_follow_from_each_other(truth: Truth) -> None:
    by_number = {r["search_number"]: r for r in truth["returns"]}
    followers = {r["previous_search_number"]: r for r in truth["returns"] if r["previous_search_number"]}
    as_of = truth["as_of"]
    for number, told in by_number.items():
        previous = by_number.get(told["previous_search_number"])
        assert told["round"] == (previous["round"] + 1 if previous else 1)
        assert _months(told["received_month"]) == _months(told["processing_month"]) + 1
        if previous and told["stage"] == "first_review":
            assert told["processing_month"] == previous["resubmitted_month"]
        if told["resubmitted_month"] is None:
            assert told["status"] == "open" and told["months_to_resubmit"] is None and number not in followers
            continue
        waited = _months(told["resubmitted_month"]) - _months(told["received_month"])
        assert told["months_to_resubmit"] == waited >= 0
        if number in followers:
            assert told["status"] == "returned_again"
        else:
            old = _months(as_of) - _months(told["resubmitted_month"]) >= 3
            assert told["status"] == ("settled" if old else "resubmitted")


def test_re_claims_in_the_files_are_those_of_the_truth(out: Path, truth: Truth) -> None:
    claimed = {
        receipt[0][18]: file["month"]
        for file, rows in record_files(out, truth, "uke")
        for receipt in receipts_of(rows)
        if receipt[0][18]
    }
    assert claimed == {
        r["search_number"]: r["resubmitted_month"] for r in truth["returns"] if r["resubmitted_month"]
    }


def test_the_mess_of_a_real_folder_is_there(out: Path, truth: Truth) -> None:
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names == {file["path"] for file in truth["files"]} | {"truth.json", "読んでください.txt"}
    contents = [(out / file["path"]).read_bytes() for file in truth["files"] if file["kind"] != "henr"]
    assert any(not content.endswith(b"\x1a") for content in contents)
    assert any(b"\r\n" not in content for content in contents)
    assert any(file["name"].islower() for file in truth["files"])
    assert any("2回目/" in file["path"] for file in truth["files"])
    assert any("追加/" in file["path"] for file in truth["files"])
    for file in truth["files"]:
        if file["copy_of"]:
            assert (out / file["path"]).read_bytes() == (out / file["copy_of"]).read_bytes()
    text = "".join(
        "".join(read_lines(out / file["path"])) for file in truth["files"] if file["kind"] == "uke"
    )
    assert all(sign in text for sign in "髙①㈱～")


def test_the_story_has_the_plots_a_report_should_find(truth: Truth) -> None:
    returns = truth["returns"]
    assert {r["round"] for r in returns} >= {1, 2}
    assert {r["status"] for r in returns} == {"open", "resubmitted", "returned_again", "settled"}
    assert any(len(r["reasons"]) == 2 for r in returns)
    assert len({r["processing_month"] for r in returns if r["sources"] == ["henr"]}) in (1, 2)
    first = sum(r["round"] == 1 and r["stage"] == "first_review" for r in returns)
    claims = sum(v["first_claims"] for v in truth["claim_volume"])
    assert 0.010 < first / claims < 0.018
    by_half = Counter(
        r["processing_month"] >= "2026-04-01"
        for r in returns
        if r["institution"] == "2719954321" and r["department"] == "11" and r["return_class"] == 2
    )
    assert by_half[True] > 1.5 * by_half[False]


def _months(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) - 1
