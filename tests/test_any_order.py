"""Real folders: files in any order and in several runs, and a folder in which everything has gone wrong once."""

from __future__ import annotations

import json
import os
import random
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from henrei_analytics import summary
from henrei_analytics.demo import write_demo
from henrei_analytics.privacy import key_path
from henrei_analytics.warehouse import connect
from list_files import paper
from office import Henrei, Office
from record_files import INSTITUTION

KEY = b"k" * 32
OF_FILES = {"files", "quarantine", "skipped", "attention", "coverage"}  # views that name or count files


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some months of the invented office, with every kind of file it receives."""
    out = tmp_path_factory.mktemp("months") / "files"
    write_demo(out, months=8)
    return out


@pytest.fixture(scope="module")
def paths(months: Path) -> list[Path]:
    return sorted(path for path in months.rglob("*") if path.is_file() and path.suffix != ".json")


def empty_office(home: Path) -> Office:
    """An office with a key of its own before its first load, so that two offices know a patient by the same one."""
    home.mkdir()
    office = Office(home)
    key_path(office.database).write_bytes(KEY)
    return office


# any order


def one_of_each_kind(paths: Sequence[Path], rng: random.Random, number: int) -> list[Path]:
    """A sample in which no kind is missing."""
    by_kind = {path.name[:6] + path.suffix: path for path in rng.sample(list(paths), len(paths))}
    rest = [path for path in paths if path not in by_kind.values()]
    return [*by_kind.values(), *rng.sample(rest, number - len(by_kind))]


def test_the_order_of_files_and_the_number_of_runs_change_nothing(paths: list[Path], tmp_path: Path) -> None:
    rng = random.Random(1)
    sample = one_of_each_kind(paths, rng, 60)
    whole = empty_office(tmp_path / "whole")
    whole.load(*sample)
    expected = whole.dump()
    for view in ("adjustments", "payments", "reported_returns", "rerouted", "pre_checks", "re_examinations"):
        assert expected[view], f"the sample must have some {view}"
    for runs in (2, 3, 4):
        rng.shuffle(sample)
        office = empty_office(tmp_path / f"{runs} runs")
        for run in range(runs):
            office.load(*sample[run::runs])
        found = office.dump()
        assert [view for view in expected if found[view] != expected[view]] == []


# everything has gone wrong once


@dataclass
class Mess:
    """A folder as it may look, and what is wrong in it."""

    folder: Path
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    broken: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes, like: Path | None = None, days: int = 0) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if like:
            shutil.copystat(like, path)
        if days:
            time = path.stat().st_mtime + days * 86400
            os.utime(path, (time, time))

    def put_broken(self, name: str, content: bytes, like: Path, days: int = 0) -> None:
        self.put(name, content, like, days)
        self.broken.append(f"{self.folder.name}/{name}")


def made_a_mess(paths: Sequence[Path], folder: Path) -> Mess:
    mess = Mess(folder)
    kept = mess.rng.sample(list(paths), len(paths))
    root = Path(*paths[0].parts[: paths[0].parts.index("files") + 1])
    for place, path in enumerate(kept):
        content, name = path.read_bytes(), path.relative_to(root).as_posix()
        is_notice = path.suffix == ".csv" and "TEST" not in path.name
        if place < 20:  # for the archive below
            continue
        if is_notice and place % 3 == 0:
            name = f"受信/{place} {'増減点' if 'zogn' in name else 'お知らせ'}.CSV"
        elif path.name.upper().startswith("RECEIPTC") and place % 2:
            name = f"デスクトップ/新しいフォルダー ({place})/レセ{path.suffix.lower()}.txt"
        mess.put(name, content, path)
        if place % 5 == 0:
            mess.put(f"バックアップ/{place}/{path.name}", content, path, days=3)
    archive = folder / "もらった.zip"
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for place, path in enumerate(kept[:20]):
            packed.write(path, f"{place}/{path.parent.name}/{path.name}")
    break_some(mess, paths)
    for name in (".DS_Store", "受信/.DS_Store", "__MACOSX/RECEIPTC.UKE", "~$一覧.xlsx"):
        mess.put(name, b"\0\0\0\1Bud1")
    mess.put("お知らせ.pdf", b"%PDF-1.7\n")
    mess.put("03_RIzogn_通知.pdf", b"%PDF-1.7\n")
    mess.put("Thumbs.db", b"\xd0\xcf\x11\xe0")
    mess.put("メモ.txt", "電話する".encode())
    mess.put("紙の返戻.xlsx", paper({"institution": INSTITUTION}))
    return mess


def break_some(mess: Mess, paths: Sequence[Path]) -> None:
    def some(ending: str) -> list[Path]:
        return [path for path in paths if path.name.endswith(ending)]

    claims, returns = some("RECEIPTC.UKE"), some("RECEIPTC.HEN")
    notices = [path for path in paths if path.name[2:6] in ("zogn", "fmei", "henr", "skkg")]
    for number, path in enumerate([*claims[:3], *returns[:3]]):
        content = path.read_bytes()
        mess.put_broken(f"途中まで{number}/{path.name}", content[: len(content) // 2], path)
    for number, path in enumerate(notices[:6]):
        text = path.read_bytes().decode("cp932")
        mess.put_broken(f"Excel{number}/{path.name}", text.encode("utf-8-sig"), path)
    mess.put_broken("空/RECEIPTC.HEN", b"", returns[0])
    mess.put_broken("pdf/RECEIPTC.UKE", b"%PDF-1.7\n", claims[0])
    mess.put_broken("zip/RECEIPTC.SAH", b"PK\x03\x04" + b"\0" * 40, claims[0])
    mess.put_broken("壊れた.zip", b"PK\x03\x04" + b"\0" * 40, claims[0])
    # an older draft of a claim file with a line nobody can read: its receipts count in the newer file
    lines = claims[1].read_bytes().split(b"\r\n")
    spoilt = next(place for place, line in enumerate(lines) if line.startswith(b"RE,"))
    lines[spoilt] = b",".join([*lines[spoilt].split(b",")[:3], b"x", *lines[spoilt].split(b",")[4:]])
    mess.put("下書き/RECEIPTC.UKE", b"\r\n".join(lines), claims[1], days=-30)


@pytest.fixture(scope="module")
def messy(
    paths: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Office, Mess, list[str], bool]:
    """The messy folder, loaded once: the office, the folder, what was said, and whether all was in order."""
    office = empty_office(tmp_path_factory.mktemp("mess") / "office")
    mess = made_a_mess(paths, office.folder)
    result = office.load()
    con = connect(office.database)
    said, in_order = summary.load_summary(con, result)
    con.close()
    return office, mess, said, in_order


def test_a_messy_folder_ends_with_the_right_numbers(messy, paths: list[Path], tmp_path: Path) -> None:
    office, mess, _, _ = messy
    assert sum(path.is_file() for path in office.folder.rglob("*")) > 200
    clean = empty_office(tmp_path / "clean")
    clean.load(*paths, office.folder / "紙の返戻.xlsx")
    expected, found = clean.dump(), office.dump()
    assert [view for view in expected if view not in OF_FILES and found[view] != expected[view]] == []
    states = "SELECT institution, payer, kind, month, state, evidence FROM mart.coverage ORDER BY ALL"
    assert office.rows(states) == clean.rows(states)
    assert any("'paper'" in row for row in found["returns"])


def test_every_problem_of_a_messy_folder_is_said_once(messy) -> None:
    office, mess, said, in_order = messy
    assert not in_order
    for name in mess.broken:
        assert sum(line.startswith(f"  {name}: ") for line in said) == 1, name
    refused = office.values("SELECT name FROM mart.files WHERE status = 'rejected'")
    assert sorted(refused) == sorted(mess.broken)
    draft = f"{office.folder.name}/下書き/RECEIPTC.UKE"
    assert [line for line in said if line.startswith(f"  {draft}") and "行目: " in line] != []
    assert sum(line.startswith(f"  {draft}: 件数 記載") for line in said) == 1
    assert office.values("SELECT status FROM mart.files WHERE name LIKE '%下書き%'") == ["superseded"]
    attention = office.rows("SELECT what, name FROM mart.attention WHERE name IS NOT NULL")
    assert len(attention) == len({row["name"] for row in attention}) == len(mess.broken)


def test_what_is_no_file_of_ours_is_left_alone(messy) -> None:
    office, _, said, _ = messy
    names = office.values("SELECT name FROM mart.files")
    assert not [name for name in names if name.endswith((".pdf", ".db", ".DS_Store", "TEST.csv", "メモ.txt"))]
    text = "\n".join(said)
    assert "確認試験のファイル" in text and "お知らせ.pdf" in text
    assert ".DS_Store" not in text and "__MACOSX" not in text


def test_loading_a_messy_folder_again_changes_nothing(
    messy, henrei: Henrei, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, mess, _, _ = messy
    before = office.dump()
    monkeypatch.setenv("HENREI_DATABASE", str(office.database))
    code, said, errors = henrei("load", office.folder)
    assert (code, errors) == (1, "")
    for name in mess.broken:
        assert said.count(f"  {name}: ") == 1, name
    assert office.dump() == before


def test_the_truth_of_the_months_is_in_the_mess(messy, months: Path) -> None:
    """Not only the same as a clean load: the numbers the invented office wrote down."""
    office, _, _, _ = messy
    truth = json.loads((months / "truth.json").read_text("utf-8"))
    counts = {
        "returns": len(truth["returns"]) + 1,  # one on paper
        "adjustments": len(truth["adjustments"]),
        "rerouted": len(truth["rerouted"]),
        "pre_checks": len(truth["pre_checks"]),
        "re_examinations": len(truth["re_examinations"]),
    }
    assert {view: office.values(f"SELECT COUNT(*) FROM mart.{view}")[0] for view in counts} == counts
    claims = sum(row["claims"] for row in truth["claim_volume"])
    assert office.values("SELECT CAST(SUM(claims) AS BIGINT) FROM mart.claim_volume") == [claims]
