"""The noisy invented office: every kind of trouble is in its files, and the truth still says what happened.

Like the clean one it is read here by splitting lines, not by the package's readers.
"""

from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from henrei_analytics.demo import write_demo
from test_demo import Truth, fingerprint, read_lines, receipt_points, receipts_of, record_files

MONTHS = 12
Receipt = list[list[str]]
Receipts = dict[tuple[str, int], Receipt]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("noise")
    write_demo(folder, months=MONTHS, noise=True)
    return folder


@pytest.fixture(scope="module")
def truth(out: Path) -> Truth:
    return json.loads((out / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def claims(out: Path, truth: Truth) -> Receipts:
    """Every claimed receipt by the place of its RE line."""
    found = {}
    for file, rows in record_files(out, truth, "uke"):
        line = 2
        for receipt in receipts_of(rows):
            found[file["path"], line] = receipt
            line += len(receipt)
    return found


def at(claims: Receipts, place: dict | None) -> Receipt | None:
    return claims[place["path"], place["line"]] if place else None


def number(receipt: Receipt) -> str:
    return receipt[0][18]


def has_block(receipt: Receipt) -> bool:
    return any(row[0].isdigit() for row in receipt)


def insurer(receipt: Receipt) -> str:
    return next(row[1].strip() for row in receipt if row[0] in ("HO", "KO"))


def chart(receipt: Receipt) -> str:
    return receipt[0][13].lstrip("0")


def person(receipt: Receipt) -> tuple[str, ...]:
    name = unicodedata.normalize("NFKC", receipt[0][4]).replace(" ", "")
    return name, receipt[0][5], receipt[0][6]


def visited(receipt: Receipt) -> set[int]:
    """The days of the month with care, counted from 0."""
    calendar = next(row[2:] for row in receipt if row[0] == "JD")
    return {day for day, mark in enumerate(calendar) if mark}


def days(receipt: Receipt) -> str:
    return next(row[4] for row in receipt if row[0] in ("HO", "KO"))


def pairs(truth: Truth, claims: Receipts) -> list[tuple[dict, Receipt, Receipt]]:
    """Returns whose claim and re-claim were both kept."""
    return [
        (told, at(claims, told["claim"]), at(claims, told["reclaim"]))
        for told in truth["returns"]
        if told["claim"] and told["reclaim"]
    ]


def test_same_seed_same_bytes_and_noise_is_another_office(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_demo(tmp_path / name, seed=7, months=3, noise=True)
    write_demo(tmp_path / "clean", seed=7, months=3)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")
    assert fingerprint(tmp_path / "a") != fingerprint(tmp_path / "clean")


@pytest.mark.parametrize("months", [1, 2, 4])
def test_a_short_story_can_be_noisy(tmp_path: Path, months: int) -> None:
    write_demo(tmp_path, months=months, noise=True)
    assert json.loads((tmp_path / "truth.json").read_text("utf-8"))["noise"]


OFTEN = (
    "no_number_no_block", "no_number", "no_block", "other_payer", "other_claim_type", "other_insurer",
    "other_number", "other_name", "other_spacing", "other_birth", "other_points", "other_zeros", "no_chart", "paper",
    "lost_return_file", "lost_claim_file", "lost_reclaim", "claimed_twice", "other_half_of_month", "late_first_claim",
)  # fmt: skip


@pytest.mark.parametrize("kind", OFTEN)
def test_every_kind_of_trouble_is_there_and_none_is_everywhere(truth: Truth, kind: str) -> None:
    share = sum(kind in told["noise"] for told in truth["returns"]) / len(truth["returns"])
    assert 0.008 < share < 0.4
    assert sum("namesake" in told["noise"] for told in truth["returns"]) >= 2


def test_the_truth_names_the_lines_of_both_claims(truth: Truth, claims: Receipts) -> None:
    for told in truth["returns"]:
        claim, reclaim = at(claims, told["claim"]), at(claims, told["reclaim"])
        month = told["service_month"].replace("-", "")[:6]
        assert (claim is None) == ("lost_claim_file" in told["noise"])
        if claim:
            assert (claim[0][2], claim[0][3]) == (told["claim_type"], month)
            facts = (insurer(claim), receipt_points(claim), int(days(claim)), chart(claim))
            listed = (told["chart_number"] or "").lstrip("0")
            assert facts == (told["insurer_number"], told["points"], told["days"], listed)
        if reclaim:
            assert reclaim[0][3] == month and number(reclaim) in ("", told["search_number"])
            assert told["really_resubmitted_month"] == told["resubmitted_month"]
        assert told["reclaim_kept"] == (bool(reclaim) if told["really_resubmitted_month"] else None)


def test_the_kinds_of_noise_are_what_the_two_claims_show(truth: Truth, claims: Receipts) -> None:
    for told, claim, reclaim in pairs(truth, claims):
        kinds = set(told["noise"])
        assert ("no_number_no_block" in kinds) == (not number(reclaim) and not has_block(reclaim))
        assert ("no_number" in kinds) == (not number(reclaim) and has_block(reclaim))
        assert ("no_block" in kinds) == (bool(number(reclaim)) and not has_block(reclaim))
        assert ("other_name" in kinds) == (person(claim)[0] != person(reclaim)[0])
        assert ("other_birth" in kinds) == (claim[0][6] != reclaim[0][6])
        assert ("other_points" in kinds) == (receipt_points(claim) != receipt_points(reclaim))
        assert ("no_chart" in kinds) == (not chart(claim) or not chart(reclaim))
        assert bool(kinds & {"other_payer", "other_scheme", "other_insurer"}) == (
            insurer(claim) != insurer(reclaim)
        )


def test_what_turns_out_to_be_the_other_payers_is_a_first_claim_there(truth: Truth, claims: Receipts) -> None:
    moved = [
        (told, claim, again) for told, claim, again in pairs(truth, claims) if "other_payer" in told["noise"]
    ]
    other = {"shaho": "国保", "kokuho": "社保"}
    assert all(other[told["payer"]] in told["reclaim"]["path"] for told, _, _ in moved)
    assert all(not number(again) and not has_block(again) for _, _, again in moved)
    assert all(days(claim) == days(again) for _, claim, again in moved)
    assert any(receipt_points(claim) == receipt_points(again) for _, claim, again in moved)
    for _, claim, again in moved:
        assert abs(receipt_points(claim) - receipt_points(again)) <= 0.1 * receipt_points(claim)


def test_hardly_a_pair_has_lost_every_trace(truth: Truth, claims: Receipts) -> None:
    """By number, by patient or by chart nearly every re-claim can still be told."""
    lost = [
        told
        for told, claim, again in pairs(truth, claims)
        if not number(again)
        and not has_block(again)
        and person(claim) != person(again)
        and not (chart(claim) and chart(claim) == chart(again))
    ]
    assert len(lost) <= 0.003 * len(truth["returns"]) + 1


def test_claimed_twice_is_the_same_receipt_once_more(truth: Truth, claims: Receipts) -> None:
    twice = [told for told in truth["returns"] if told["duplicates"]]
    numbered = Counter()
    for told in twice:
        first = at(claims, told["reclaim"])
        for place in told["duplicates"]:
            again = at(claims, place)
            assert again is not first and place != told["reclaim"]
            assert (again[0][3], receipt_points(again), insurer(again)) == (
                first[0][3],
                receipt_points(first),
                insurer(first),
            )
            numbered[bool(number(again))] += 1
    assert numbered[True] and numbered[False]


def test_returns_known_are_those_of_the_kept_files(out: Path, truth: Truth) -> None:
    numbers = {
        receipt[0][18] for _, rows in record_files(out, truth, "hen", "sah") for receipt in receipts_of(rows)
    }
    for file in truth["files"]:
        if file["kind"] == "henr" and not file["copy_of"]:
            rows = [line.split(",") for line in read_lines(out / file["path"])[2:]]
            numbers |= {row[18] for row in rows if row[0] == "3"}
    told = {r["search_number"] for r in truth["returns"] if r["medium"] == "online"}
    assert numbers == told
    assert not told & {r["search_number"] for r in truth["unknown_returns"]}


def test_a_return_nobody_can_find_any_more_was_claimed_again_all_the_same(
    truth: Truth, claims: Receipts
) -> None:
    unknown = truth["unknown_returns"]
    again = [(told, at(claims, told["reclaim"])) for told in unknown if told["reclaim"]]
    assert any(number(claim) == told["search_number"] for told, claim in again)


def test_files_that_were_lost_are_not_there(truth: Truth) -> None:
    kept = {(f["institution"], f["payer"], f["month"], f["kind"]) for f in truth["files"]}
    lost = {(f["institution"], f["payer"], f["month"], f["kind"]) for f in truth["lost_files"]}
    assert not kept & lost
    assert {kind for *_, kind in lost} == {"uke", "hen", "henr"}


def test_paper_returns_are_those_of_the_offices_list(out: Path, truth: Truth) -> None:
    listed = Counter()
    for file in truth["files"]:
        if file["kind"] == "paper":
            text = (out / file["path"]).read_text("utf-8-sig")
            for row in csv.DictReader(text.splitlines()):
                month = f"{row['処理年月'][:4]}-{row['処理年月'][4:]}-01"
                listed[row["医療機関コード"], month, row["カルテ番号"], int(row["請求点数"])] += 1
                assert row["カルテ番号"] or row["氏名"]
    told = Counter(
        (r["institution"], r["processing_month"], r["chart_number"] or "", r["points"])
        for r in truth["returns"]
        if r["medium"] == "paper"
    )
    assert listed == told and listed
    assert all(r["search_number"] is None for r in truth["returns"] if r["medium"] == "paper")


def test_claim_volume_counts_re_claims_as_the_claim_files_show_them(out: Path, truth: Truth) -> None:
    volume: Counter[tuple[str, ...]] = Counter()
    lost = {(f["institution"], f["payer"], f["month"]) for f in truth["lost_files"] if f["kind"] == "uke"}
    for file, rows in record_files(out, truth, "uke"):
        if "2回目/" not in file["path"]:
            for receipt in receipts_of(rows):
                again = bool(number(receipt)) or has_block(receipt)
                volume[file["institution"], file["payer"], file["month"], "again" if again else "first"] += 1
    told: Counter[tuple[str, ...]] = Counter()
    for row in truth["claim_volume"]:
        stream = (row["institution"], row["payer"], row["claim_month"])
        if stream in lost:
            assert row["resubmissions"] is None and row["first_claims"] == row["claims"]
            continue
        told[*stream, "again"] += row["resubmissions"]
        told[*stream, "first"] += row["first_claims"]
    assert +told == +volume


def test_lookalikes_are_late_first_claims_of_the_same_month(truth: Truth, claims: Receipts) -> None:
    """The other half of a month with two insurers: same patient, other days, points and insurer; no answer."""
    answers = {
        (p["path"], p["line"]) for r in truth["returns"] for p in (r["reclaim"], *r["duplicates"]) if p
    }
    by_patient: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for place, receipt in claims.items():
        by_patient.setdefault((chart(receipt), receipt[0][3]), []).append(place)
    found = 0
    for told in truth["returns"]:
        if "other_half_of_month" not in told["noise"] or not told["claim"] or told["medium"] == "paper":
            continue
        claim = at(claims, told["claim"])
        assert told["reclaim"] is None
        # sent to another payer before, it is the same receipt, not the other half
        before = truth["returns"][told["previous"]]["claim"] if told["previous"] is not None else None
        for place in by_patient.get((chart(claim), claim[0][3]), []):
            other = claims[place]
            if before and place == (before["path"], before["line"]):
                continue
            if insurer(other) != insurer(claim) and person(other)[1:] == person(claim)[1:]:
                assert place not in answers and not visited(other) & visited(claim)
                assert abs(receipt_points(other) - told["points"]) > 0.1 * told["points"]
                found += 1
    assert found >= 3
