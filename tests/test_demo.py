"""The invented office: its files are in the official shape, and the truth says what they say.

The files are read here by splitting lines, not by the package's readers, so that a mistake made in both
places cannot hide.
"""

from __future__ import annotations

import csv
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
            continue
        waited_for = _months(as_of) - _months(told["resubmitted_month"])
        # the 振込額明細 of 社保 comes a month after the claim; 国保連 never says that it paid
        paid = told["payer"] == "shaho" and waited_for >= 1
        settled_by = "payment" if paid else "time" if waited_for >= 3 else None
        assert told["settled_by"] == settled_by
        assert told["status"] == ("settled" if settled_by else "resubmitted")


def test_the_truth_names_the_lines_of_claim_and_re_claim(out: Path, truth: Truth) -> None:
    lines = {file["path"]: read_lines(out / file["path"]) for file in truth["files"] if file["kind"] == "uke"}
    for told in truth["returns"]:
        claim = lines[told["claim"]["path"]][told["claim"]["line"] - 1].split(",")
        facts = (told["claim_type"], told["service_month"].replace("-", "")[:6], told["chart_number"])
        assert ("RE", *facts) == (claim[0], claim[2], claim[3], claim[13])
        assert bool(told["reclaim"]) == bool(told["resubmitted_month"]) == bool(told["reclaim_kept"])
        if told["reclaim"]:
            again = lines[told["reclaim"]["path"]][told["reclaim"]["line"] - 1].split(",")
            assert (again[0], again[18]) == ("RE", told["search_number"])
        previous = None if told["previous"] is None else truth["returns"][told["previous"]]
        assert (previous or {"search_number": None})["search_number"] == told["previous_search_number"]
        assert not previous or previous["reclaim"] == told["claim"]
    assert not truth["noise"] and not truth["unknown_returns"]
    assert not any(told["duplicates"] or told["medium"] == "paper" for told in truth["returns"])


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
    told = {file["path"] for file in truth["files"]} | set(truth["ignored_files"])
    assert names == told | {"truth.json", "読んでください.txt"}
    assert truth["ignored_files"] and all(path.endswith("TEST.csv") for path in truth["ignored_files"])
    records = [file for file in truth["files"] if file["kind"] in ("uke", "hen", "sah")]
    contents = [(out / file["path"]).read_bytes() for file in records]
    assert any(not content.endswith(b"\x1a") for content in contents)
    assert any(b"\r\n" not in content for content in contents)
    assert any(file["name"].islower() for file in truth["files"])
    assert any("2回目/" in file["path"] for file in truth["files"])
    assert any("追加/" in file["path"] for file in truth["files"])
    assert any(file["copy_of"] and file["kind"] not in ("hen", "uke") for file in truth["files"])
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


def test_each_office_wrote_down_two_actions_against_what_its_returns_show(out: Path, truth: Truth) -> None:
    listed = []
    for file in truth["files"]:
        if file["kind"] == "actions":
            text = (out / file["path"]).read_bytes().decode("utf-8-sig")
            rows = list(csv.DictReader(text.splitlines()))
            assert (file["lines"], file["receipts"], file["payer"], file["month"]) == (
                len(rows) + 1,
                0,
                None,
                None,
            )
            listed += rows
    told = truth["prevention_actions"]
    assert [
        (
            r["医療機関コード"],
            r["実施日"],
            r["分類"],
            r["診療科"] or None,
            r["保険者番号"] or None,
            r["取組の内容"],
        )
        for r in listed
    ] == [
        (a["institution"], a["acted_on"], a["category"], a["department"], a["insurer_number"], a["note"])
        for a in told
    ]
    assert Counter(a["institution"] for a in told) == {"1319912345": 2, "2719954321": 2}
    returned = {
        (r["institution"], r[key]) for r in truth["returns"] for key in ("department", "insurer_number")
    }
    assert {(a["institution"], a["department"] or a["insurer_number"]) for a in told} <= returned
    assert all(a["acted_on"] <= truth["as_of"] for a in told)


def _months(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) - 1


NOTICE_COLUMNS = {
    "zogn": {"1": 9, "2": 30, "3": 30, "4": 30, "5": 30},
    "henr": {"1": 9, "2": 20, "3": 20, "4": 20},
    "fixf": {"1": 10, "2": 31},
    "fmei": {"1": 8, "2": 82, "3": 82},
    "fggk": {"1": 8, "2": 18, "3": 18},
    "tgft": {"1": 8, "2": 21, "3": 21, "4": 7, "5": 7},
    "sast": {"1": 8, "2": 31, "3": 18, "4": 31, "5": 18},
    "sakr": {"1": 8, "2": 20, "3": 7, "4": 20, "5": 7},
    "skkg": {"1": 6, "2": 9, "3": 9, "4": 9},
    "edbn": {"1": 6, "2": 9, "3": 9},
}
"""By kind and record type (the first column)."""


def notices(out: Path, truth: Truth, kind: str) -> Iterator[tuple[dict[str, Any], list[list[str]]]]:
    """Every notice of a kind (copies left out), as the bytes have it: CP932, CRLF, no quotes, no end mark."""
    for file in truth["files"]:
        if file["kind"] == kind and not file["copy_of"]:
            content = (out / file["path"]).read_bytes()
            assert content.endswith(b"\r\n") and content.count(b"\n") == content.count(b"\r\n")
            assert b'"' not in content and b"\x1a" not in content
            rows = [line.split(",") for line in content.decode("cp932").split("\r\n")[:-1]]
            assert file["lines"] == len(rows)
            assert (file["control_count"], file["control_points"]) == (None, None)
            yield file, rows


def stream(file: dict[str, Any]) -> tuple[str, str, str]:
    return file["institution"], file["payer"], file["month"]


def told_stream(row: dict[str, Any], month: str = "processing_month") -> tuple[str, str, str]:
    return row["institution"], row["payer"], row[month]


def half_width(text: str) -> str:
    return text.translate(str.maketrans("０１２３４５６７８９－．\u3000", "0123456789-. "))


@pytest.mark.parametrize("kind", NOTICE_COLUMNS)
def test_every_row_of_a_notice_has_its_number_of_columns(out: Path, truth: Truth, kind: str) -> None:
    files = 0
    for file, rows in notices(out, truth, kind):
        files += 1
        assert {(row[0], len(row)) for row in rows} <= set(NOTICE_COLUMNS[kind].items()), file["path"]
        assert rows[0][0] == "1"
    assert files or kind == "sakr"


def test_notices_are_named_and_dated_as_the_payers_do(out: Path, truth: Truth) -> None:
    for file in truth["files"]:
        if file["kind"] in ("uke", "hen", "sah", "actions") or file["copy_of"]:
            continue
        institution, payer, month = stream(file)
        year = int(month[:4])
        digit = {"shaho": "1", "kokuho": "2"}[payer]
        wareki = f"5{year - 2018:02d}{month[5:7]}"
        ending = {
            **dict.fromkeys(("zogn", "henr", "fmei", "fggk", "tgft", "sast", "sakr"), institution + wareki),
            **dict.fromkeys(("skkg", "edbn"), institution[:2] + institution[3:] + month[:7].replace("-", "")),
            **dict.fromkeys(("fixf", "hasp", "hjry"), institution + "50"),
        }[file["kind"]]
        prefix = "MI" if file["kind"] in ("fggk", "tgft", "sast", "sakr") else "RI"
        assert file["name"].startswith(f"{prefix}{file['kind']}{digit}{ending}"), file["name"]
        header = read_lines(out / file["path"])[0].split(",")
        if file["kind"] in ("zogn", "henr", "fmei", "fggk", "tgft", "sast", "sakr"):
            # the header names the month of care, one before the month of the name
            care = _months(month) - 1
            assert header[1] == f"5{care // 12 - 2018:02d}{care % 12 + 1:02d}"
        if file["kind"] == "fixf":
            assert header[1] == wareki


def test_cuts_are_what_the_notices_hold_once_for_each_payer(out: Path, truth: Truth) -> None:
    told: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in truth["adjustments"]:
        if row["source"] == "zogn":
            told[(*told_stream(row), row["reception_number"])].append(row)
    seen = set()
    kinds = Counter()
    for file, rows in notices(out, truth, "zogn"):
        receipts = []
        for row in rows[2:]:
            if row[3]:
                receipts.append([])
            receipts[-1].append(row)
        assert file["receipts"] == len(receipts)
        for receipt in receipts:
            key = (*stream(file), receipt[0][3])
            seen.add(key)
            rows_told = told[key]
            care = int(receipt[0][1] or rows[0][1])
            service = rows_told[0]["service_month"]
            assert care == (int(service[:4]) - 2018 + 500) * 100 + int(service[5:7])
            assert receipt[0][18] == rows_told[0]["chart_number"]
            totals = [row for row in receipt if row[0] == "5" and row[20] == "合計"]
            points = sum(row["points_delta"] or 0 for row in rows_told)
            for total in totals:
                assert int(total[22]) == points == int(half_width(total[27])) - int(half_width(total[25]))
            laws = [total[21] for total in totals]
            assert len(set(laws)) == len(laws) and bool(laws) == bool(points)
            groups: list[list[list[str]]] = []
            for row in receipt:
                if row[0] == "3" and row[19]:
                    groups.append([])
                if row[0] in ("3", "4") and (row[0] == "4" or row[19]):
                    groups[-1].append(row)
            for group, expected in zip(groups, rows_told, strict=True):
                assert group[0][19] == expected["section"]
                assert "".join(row[23] for row in group) == expected["reason_letters"]
                amounts = {row[22] for row in group if row[22]}
                if expected["yen_delta"]:
                    assert amounts == {f"-\\{-expected['yen_delta']}"}
                else:
                    assert amounts == {f"{expected['points_delta']:+d}"}
                    assert [row[21] for row in group if row[22]] == laws
                kinds["several payers"] += len(laws) > 1
                kinds["raised"] += (expected["points_delta"] or 0) > 0
                kinds["two letters"] += len(expected["reason_letters"]) == 2
                kinds["letters apart"] += not group[0][23]
            kinds["share"] += any("\\" in row[22] and not row[19] and row[0] == "3" for row in receipt)
            kinds["late"] += bool(receipt[0][1])
    assert seen == set(told)
    assert all(kinds[kind] for kind in ("several payers", "two letters", "letters apart", "share"))
    claims = sum(volume["claims"] for volume in truth["claim_volume"])
    assert 0.003 < len(seen) / claims < 0.006


def test_payments_list_every_receipt_and_agree_with_cuts_and_returns(out: Path, truth: Truth) -> None:
    cut: dict[tuple[str, ...], int] = defaultdict(int)
    for row in truth["adjustments"]:
        if row["source"] == "zogn" and row["payer"] == "shaho":
            cut[(*told_stream(row), row["reception_number"])] += row["points_delta"] or 0
    claimed = Counter()
    for volume in truth["claim_volume"]:
        claimed[told_stream(volume, "claim_month")] += volume["claims"]
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    returned, adjusted = set(), set()
    for file, rows in notices(out, truth, "fmei"):
        assert len(rows) - 2 == claimed[stream(file)] == file["receipts"]
        numbers = [row[4] for row in rows[2:]]
        assert len(set(numbers)) == len(numbers)
        for row in rows[2:]:
            # 公費 alone has no insurance: its amounts stand in the first 公費
            first = 21 if row[18] else 33
            points, fixed = int(row[first]), row[first + 1]
            outcome = {"1": "paid", "2": "adjusted", "3": "returned"}[row[2]]
            cell = sums[(*stream(file), outcome)]
            cell[0] += 1
            cell[1] += points
            if outcome == "returned":
                returned.add((*stream(file), row[4]))
                assert not fixed and not row[81]
                continue
            cell[2] += int(fixed)
            cell[3] += int(row[81])
            assert int(row[81]) == sum(int(row[column] or 0) for column in (28, 40, 50, 60, 70, 80))
            assert int(fixed) - points == cut.get((*stream(file), row[4]), 0)
            if outcome == "adjusted":
                adjusted.add((*stream(file), row[4]))
    assert adjusted == set(cut)
    for row in truth["payments"]:
        known = row["outcome"] != "returned"
        figures = [row["receipts"], row["claimed_points"], row["fixed_points"], row["paid_yen"]]
        assert sums.pop((*told_stream(row), row["outcome"])) == (figures if known else [*figures[:2], 0, 0])
    assert not sums
    in_henr = {
        (*stream(file), row[2])
        for file, rows in notices(out, truth, "henr")
        if file["payer"] == "shaho"
        for row in rows[2:]
        if row[0] == "3"
    }
    unknown = {(*told_stream(row), row["reception_number"]) for row in truth["undownloaded_returns"]}
    assert returned == in_henr | unknown and not in_henr & unknown


def test_transfer_is_what_was_paid_and_what_re_examinations_changed(out: Path, truth: Truth) -> None:
    told = {told_stream(row): row for row in truth["payment_totals"]}
    paid = Counter()
    for file, rows in notices(out, truth, "fmei"):
        paid[stream(file)] += sum(int(row[81] or 0) for row in rows[2:])
    changed = Counter()
    for file, rows in notices(out, truth, "sast"):
        changed[stream(file)] += sum(
            int(float(row[21])) + int(float(row[26] or 0)) for row in rows if row[0] == "4"
        )
    assert set(paid) == set(told)
    for key, row in told.items():
        assert (row["calculated_yen"], row["re_examination_yen"]) == (paid[key], changed[key])
        assert row["paid_yen"] == paid[key] + changed[key]
    for file, rows in notices(out, truth, "fggk"):
        row, totals = told[stream(file)], [cells for cells in rows[2:] if cells[2] == "9"]
        assert sum(int(float(cells[15])) for cells in totals) == row["calculated_yen"]
        assert sum(int(float(cells[16])) for cells in totals) == row["re_examination_yen"]
        assert sum(int(cells[4]) + int(cells[8]) for cells in totals) == row["payer_lines"]
        assert sum(int(cells[5]) + int(cells[9]) for cells in totals) == row["payer_points"]
    for file, rows in notices(out, truth, "tgft"):
        row = told[stream(file)]
        assert int(rows[2][20]) == int(rows[2][11]) == row["paid_yen"]
        year, month, day = row["paid_on"].split("-")
        assert rows[2][1] == f"5{int(year) - 2018:02d}{month}{day}"
        assert sum(int(float(cells[4])) for cells in rows[4:]) == row["calculated_yen"]


def test_confirmed_claims_are_those_of_the_claim_files(out: Path, truth: Truth) -> None:
    claimed, points = Counter(), Counter()
    for volume in truth["claim_volume"]:
        claimed[told_stream(volume, "claim_month")] += volume["claims"]
        points[told_stream(volume, "claim_month")] += volume["points"]
    confirmed, refused = Counter(), Counter()
    levels = set()
    for file, rows in notices(out, truth, "fixf"):
        assert file["receipts"] == len(rows) - 1
        for row in rows[1:]:
            (confirmed if row[28] == "1" else refused)[stream(file)] += 1
            levels.add((row[28], row[29]))
    assert confirmed == claimed and refused
    assert levels == {("1", ""), ("1", "L3"), ("1", "L4"), ("2", "L3")}
    received, sums = Counter(), Counter()
    for file, rows in notices(out, truth, "hjry"):
        assert rows[0][0].startswith("オンライン受領書") and rows[-1] == ["受付不能", "0"]
        assert {len(row) for row in rows[2:-1]} == {7 if file["name"][19] == "1" else 5}
        body, total = rows[3:-2], rows[-2]
        assert total[0] == "合計" and all(len(row[0]) <= 8 for row in body)
        for column in range(1, len(total)):
            assert int(total[column]) == sum(int(row[column]) for row in body)
        received[stream(file)] += int(total[1])
        sums[stream(file)] += int(total[3])
    assert (received, sums) == (claimed, points)
    totals = [row for row in truth["sent_totals"] if row["is_total"]]
    assert sum(row["claims"] for row in totals) == sum(claimed.values())


def test_pre_checks_are_what_the_lists_hold(out: Path, truth: Truth) -> None:
    seen, receipts = Counter(), 0
    for file, rows in notices(out, truth, "hasp"):
        assert len(rows[1]) == 9 and {len(row) for row in rows[2:]} == {20}
        assert len({row[0] for row in rows[3:]}) == file["receipts"]
        receipts += file["receipts"]
        for row in rows[3:]:
            code, again = f"L{half_width(row[9])}", "1" in (row[17], row[18])
            seen[(*stream(file), half_width(row[2]), int(half_width(row[1])[:6]), code, again)] += 1
    keys = ("chart_number", "receipt_number", "code", "is_resubmission")
    told = Counter(
        (*told_stream(row, "claim_month"), *(row[key] for key in keys)) for row in truth["pre_checks"]
    )
    assert seen == told
    claims = sum(volume["claims"] for volume in truth["claim_volume"])
    assert 0.01 < receipts / claims < 0.03
    came_back = {
        (*told_stream(row, "claim_month"), row["chart_number"])
        for row in truth["pre_checks"]
        if row["came_back"]
    }
    returned = {
        (*told_stream(row), row["chart_number"]) for row in truth["returns"] if row["stage"] == "first_review"
    }
    assert came_back and came_back <= returned


def test_re_examinations_take_back_what_the_return_files_bring(out: Path, truth: Truth) -> None:
    whole, rows_seen = Counter(), Counter()
    for file, rows in notices(out, truth, "sast"):
        references = {row[2] for row in rows if row[0] == "4"}
        assert len(references) == file["receipts"]
        assert {row[2] for row in rows if row[0] == "5"} <= references
        counts = {(row[2], row[22]) for row in rows if row[0] == "4"}
        assert len(counts) == len(references)
        whole[stream(file)] += sum(count == "-1" for _, count in counts)
        rows_seen["detail"] += any(row[0] == "5" for row in rows)
        for row in rows:
            if row[0] == "4" and row[22] == "0":
                rows_seen["raised" if row[24][0] != "-" else "cut"] += 1
    returns = Counter(
        told_stream(row)
        for row in truth["returns"]
        if row["stage"] == "re_examination" and row["payer"] == "shaho"
    )
    assert +whole == returns
    assert rows_seen["detail"] and rows_seen["cut"]
    later = Counter(row["result"] for row in truth["re_examinations"])
    assert later["returned"] == sum(row["stage"] == "re_examination" for row in truth["returns"])
    told = Counter(
        "raised" if row["points_delta"] > 0 else "cut"
        for row in truth["adjustments"]
        if row["source"] == "sast"
    )
    assert told == +Counter({"raised": later["restored"], "cut": later["cut"]})


def test_rerouted_receipts_were_not_returned(out: Path, truth: Truth) -> None:
    seen = Counter()
    for kind in ("skkg", "edbn"):
        for file, rows in notices(out, truth, kind):
            firsts = [number for number, row in enumerate(rows) if row[0] == "3"]
            assert len(firsts) == file["receipts"]
            for number in firsts:
                chart = rows[number][3] if kind == "edbn" else rows[number + 1][3]
                seen[(*stream(file), kind, chart)] += 1
            assert all(len(row[5]) <= 10 for row in rows[2:]) or kind == "edbn"
    told = Counter((*told_stream(row), row["source"], row["chart_number"]) for row in truth["rerouted"])
    assert seen == told
    returned = {
        (*told_stream(row), row["chart_number"], row["service_month"], row["setting"])
        for row in truth["returns"]
    }
    moved = {
        (*told_stream(row), row["chart_number"], row["service_month"], row["setting"])
        for row in truth["rerouted"]
    }
    assert not moved & returned
    assert {row["outcome"] for row in truth["rerouted"]} == {
        "transferred",
        "split",
        "as_claimed",
        "branch_number",
    }
    assert all((row["parts"] > 1) == (row["outcome"] == "split") for row in truth["rerouted"])


def test_what_nobody_downloaded_is_known_from_the_payment_alone(out: Path, truth: Truth) -> None:
    unknown = truth["undownloaded_returns"]
    assert len({told_stream(row) for row in unknown}) == 1
    institution, payer, month = told_stream(unknown[0])
    assert payer == "shaho" and _months(month) == _months(truth["as_of"]) - 2
    assert all(row["download_deadline"] > truth["as_of"] for row in unknown)
    kinds = {file["kind"] for file in truth["files"] if stream(file) == (institution, payer, month)}
    assert "fmei" in kinds and not kinds & {"hen", "henr"}
    hidden = {row["search_number"] for row in unknown}
    assert not hidden & {row["search_number"] for row in truth["returns"]}
    claimed = {
        number
        for _, rows in record_files(out, truth, "uke")
        for receipt in receipts_of(rows)
        for number in search_numbers(receipt)
    }
    assert not hidden & claimed


def test_a_lost_notice_is_not_told_of(truth: Truth) -> None:
    (lost,) = truth["lost_notices"]
    key = told_stream(lost)
    assert key[1] == "kokuho" and lost["kind"] == "zogn"
    assert not any(told_stream(row) == key for row in truth["adjustments"])
    assert not any(file["kind"] == "zogn" and stream(file) == key for file in truth["files"])
