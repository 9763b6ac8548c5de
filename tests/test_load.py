"""Loading: again, in any order, from anywhere, several versions; what is written and who may read it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from henrei_analytics import summary
from henrei_analytics.errors import HenreiError, InUse
from henrei_analytics.privacy import key_path
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.load import load, unload
from office import NOON, Office
from record_files import (
    INSTITUTION,
    Notice,
    Reason,
    Receipt,
    Returned,
    claim_file,
    notice_file,
    notice_name,
    return_file,
)

NUMBER = "13101202608000000101"
LATER = NOON + timedelta(days=1)
ONE, TWO, THREE = (
    Receipt(name=f"架空　{n}", chart=n, points=100 * (place + 1)) for place, n in enumerate("123")
)


def outcomes(office: Office, *paths: Path) -> list[str]:
    return [file.outcome for file in office.load(*paths).files]


def statuses(office: Office) -> dict[str, str]:
    return {
        row["name"]: row["status"] for row in office.rows("SELECT name, status FROM mart.files ORDER BY name")
    }


def points(office: Office) -> list[int]:
    return office.values("SELECT points FROM mart.claims ORDER BY points")


# again


def test_the_same_content_again_changes_nothing(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([ONE]))
    assert outcomes(office) == ["loaded"]
    before = office.dump()
    result = office.load()
    assert [file.outcome for file in result.files] == ["unchanged"]
    assert office.dump() == before
    con = connect(office.database)
    text, in_order = summary.load_summary(con, result)
    con.close()
    assert in_order and "■ 取込済みで変更のないファイル: 1件" in text


def test_a_path_given_twice_is_one_file(office: Office) -> None:
    path = office.save("RECEIPTC.UKE", claim_file([ONE]))
    assert outcomes(office, path, office.folder, path) == ["loaded"]


def test_copies_count_once(office: Office) -> None:
    for name, time in (("b/RECEIPTC.UKE", NOON), ("a/RECEIPTC (1).UKE", LATER)):
        office.save(name, claim_file([ONE]), time)
    assert outcomes(office) == ["loaded", "duplicate"]
    assert statuses(office) == {"files/b/RECEIPTC.UKE": "loaded", "files/a/RECEIPTC (1).UKE": "duplicate"}
    assert points(office) == [100]
    copy = office.row("SELECT * FROM mart.files WHERE status = 'duplicate'")
    assert (copy["lines"], copy["lines_loaded"], copy["lines_skipped"]) == (6, 0, 6)


def test_a_copy_found_later_is_a_copy(office: Office) -> None:
    office.save("a/RECEIPTC.UKE", claim_file([ONE]))
    office.load()
    office.save("b/RECEIPTC.UKE", claim_file([ONE]), LATER)
    assert outcomes(office) == ["unchanged", "duplicate"]
    assert outcomes(office) == ["unchanged", "unchanged"]


# versions


def test_several_files_of_a_month_add_up(office: Office) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([ONE, TWO]))
    office.save("2/RECEIPTC.UKE", claim_file([THREE]), LATER)
    office.load()
    assert points(office) == [100, 200, 300]
    assert set(statuses(office).values()) == {"loaded"}


def test_a_receipt_sent_again_counts_in_its_newer_version(office: Office) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([ONE, TWO]), LATER)
    office.save("2/RECEIPTC.UKE", claim_file([replace(ONE, points=999), THREE]), NOON)
    office.load()
    assert points(office) == [100, 200, 300]
    superseded = office.rows("SELECT name, status, receipts_superseded AS n FROM mart.files ORDER BY name")
    assert [tuple(row.values()) for row in superseded] == [
        ("files/1/RECEIPTC.UKE", "loaded", 0),
        ("files/2/RECEIPTC.UKE", "loaded", 1),
    ]


def test_of_two_versions_of_one_second_the_hash_decides(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Office(tmp_path_factory.mktemp("other"))
    contents = [claim_file([replace(ONE, points=p)]) for p in (100, 999)]
    for place, names in ((office, "12"), (other, "21")):
        for name, content in zip(names, contents, strict=True):
            place.save(f"{name}/RECEIPTC.UKE", content)
        place.load()
    assert points(office) == points(other)
    newest = office.values("SELECT file_id FROM mart.files WHERE status = 'loaded'")
    assert newest == office.values("SELECT MAX(file_id) FROM mart.files")


def test_a_file_all_of_whose_receipts_came_again_is_superseded(office: Office) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([ONE]))
    office.save("2/RECEIPTC.UKE", claim_file([replace(ONE, points=999), TWO]), LATER)
    office.load()
    assert statuses(office) == {"files/1/RECEIPTC.UKE": "superseded", "files/2/RECEIPTC.UKE": "loaded"}
    assert points(office) == [200, 999]


def test_receipts_alike_in_one_file_are_different_receipts(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([ONE, ONE]))
    office.load()
    assert points(office) == [100, 100]


def test_a_return_downloaded_again_counts_once(office: Office) -> None:
    returned = Returned(replace(ONE, search=NUMBER))
    office.save("1/RECEIPTC.HEN", return_file([returned]))
    office.save(
        "2/RECEIPTC.HEN", return_file([returned, Returned(replace(TWO, search=NUMBER[:-1] + "2"))]), LATER
    )
    office.load()
    assert office.values("SELECT points FROM mart.returns ORDER BY points") == [100, 200]
    assert statuses(office)["files/1/RECEIPTC.HEN"] == "superseded"


def test_unload_and_load_again(office: Office) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([ONE]))
    second = office.save("2/RECEIPTC.UKE", claim_file([replace(ONE, points=999)]), LATER)
    office.load()
    whole = office.dump()
    assert unload(str(second), office.database) == ["files/2/RECEIPTC.UKE"]
    assert points(office) == [100]
    assert statuses(office) == {"files/1/RECEIPTC.UKE": "loaded", "files/2/RECEIPTC.UKE": "withdrawn"}
    assert outcomes(office) == [
        "unchanged",
        "withdrawn",
    ]  # found in a folder: a nightly run must not bring it back
    assert points(office) == [100]
    assert [f.outcome for f in load([second], office.database).files] == ["loaded"]
    assert office.dump() == whole


@pytest.mark.parametrize("said", ["name", "end of the name", "backslashes", "start of the id"])
def test_ways_to_say_which_file_to_unload(office: Office, said: str) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([ONE]))
    office.save("2/RECEIPTC.UKE", claim_file([TWO]))
    office.load()
    ways = {
        "name": "files/2/RECEIPTC.UKE",
        "end of the name": "2/RECEIPTC.UKE",
        "backslashes": "2\\RECEIPTC.UKE",
        "start of the id": office.values("SELECT file_id FROM mart.files WHERE name LIKE '%2/%'")[0][:8],
    }
    assert unload(ways[said], office.database) == ["files/2/RECEIPTC.UKE"]
    assert points(office) == [100]


@pytest.mark.parametrize("what", ["RECEIPTC.UKE", "nothing.UKE", "", "3"])
def test_unload_refuses_what_is_ambiguous_or_unknown(office: Office, what: str) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([ONE]))
    office.save("2/RECEIPTC.UKE", claim_file([TWO]))
    office.load()
    with pytest.raises(HenreiError):
        unload(what, office.database)
    assert points(office) == [100, 200]


def test_a_rejected_file_is_forgotten_once_a_good_one_lies_in_its_place(office: Office) -> None:
    content = claim_file([ONE])
    office.save("RECEIPTC.UKE", content[:-20])
    assert outcomes(office) == ["rejected"]
    office.save("RECEIPTC.UKE", content)
    assert outcomes(office) == ["loaded"]
    assert statuses(office) == {"files/RECEIPTC.UKE": "loaded"}


def test_a_rejected_file_can_be_withdrawn(office: Office) -> None:
    path = office.save("RECEIPTC.UKE", b"")
    office.load()
    unload(str(path), office.database)
    assert statuses(office) == {"files/RECEIPTC.UKE": "withdrawn"}
    assert outcomes(office) == ["withdrawn"]


# any order


def test_the_order_of_loading_changes_nothing(tmp_path: Path) -> None:
    returned = Returned(replace(ONE, search=NUMBER), [Reason("L3129"), Reason("L1200")])
    contents = {
        "1/RECEIPTC.UKE": claim_file([ONE, TWO]),
        "2/RECEIPTC.UKE": claim_file([replace(ONE, points=100, department="10"), THREE]),
        "10/RECEIPTC.UKE": claim_file([replace(ONE, search=NUMBER)], "202610", name="改名医院"),
        "10/RECEIPTC.HEN": return_file([returned]),
        "copy/RECEIPTC.HEN": return_file([returned]),
        "10/renamed.csv": notice_file([Notice(name=ONE.name, points=100), Notice(name=TWO.name, points=200)]),
    }
    files = Office(tmp_path)
    paths = [files.save(name, content) for name, content in contents.items()]
    orders = list(permutations(paths))[::103]
    dumps = [files_loaded_in_order(tmp_path / str(n), order) for n, order in enumerate(orders)]
    assert len(orders) == 7 and all(dump == dumps[0] for dump in dumps)
    assert sum(len(rows) for rows in dumps[0].values()) > 20


def files_loaded_in_order(home: Path, order: tuple[Path, ...]) -> dict[str, list[str]]:
    """Half of the files in one run, then the others one by one; always with one key."""
    home.mkdir()
    one = Office(home)
    key_path(one.database).write_bytes(b"k" * 32)
    one.load(*order[:3])
    for path in order[3:]:
        one.load(path)
    return one.dump()


# from anywhere


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_zip_archives(office: Office, encoding: str) -> None:
    path = office.folder / "9月分.zip"
    plain = {
        "返戻 表示/RECEIPTC.HEN": return_file([Returned(replace(ONE, search=NUMBER))]),
        "読んで.txt": b"x",
    }
    write_zip_without_marks(path, plain, encoding)
    assert sorted(outcomes(office)) == ["left_alone", "loaded"]
    file = office.row("SELECT name, file_time FROM mart.files")
    assert file == {"name": "files/9月分.zip/返戻 表示/RECEIPTC.HEN", "file_time": NOON}
    assert outcomes(office, path) == ["unchanged", "left_alone"]


def write_zip_without_marks(path: Path, members: dict[str, bytes], encoding: str) -> None:
    """As archivers do that write names in the encoding of their desktop and say nothing about it."""

    class Unmarked(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:
            return self.filename.encode(encoding), 0

    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(Unmarked(name, NOON.timetuple()[:6]), content)


def test_a_copy_in_an_archive_is_a_copy(office: Office) -> None:
    office.save_zip("old.zip", {"RECEIPTC.UKE": claim_file([ONE])})
    office.save("RECEIPTC.UKE", claim_file([ONE]))
    assert sorted(outcomes(office)) == ["duplicate", "loaded"]


def test_folders_in_folders_without_what_desktops_leave_behind(office: Office) -> None:
    office.save("2026/09/社保/RECEIPTC.UKE", claim_file([ONE]))
    for name in (".DS_Store", ".hidden/RECEIPTC.UKE", "__MACOSX/RECEIPTC.UKE", "~$RECEIPTC.UKE"):
        office.save(name, claim_file([TWO]))
    assert outcomes(office) == ["loaded"]
    assert list(statuses(office)) == ["files/2026/09/社保/RECEIPTC.UKE"]


def test_a_path_that_does_not_exist_loads_nothing(office: Office) -> None:
    path = office.save("RECEIPTC.UKE", claim_file([ONE]))
    with pytest.raises(HenreiError, match="見つかりません"):
        office.load(path, office.folder / "nothing")
    assert not office.database.exists()


def test_a_run_happens_as_a_whole_or_not_at_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([ONE]))
    office.load()
    before = office.dump()
    office.save("2/RECEIPTC.UKE", claim_file([TWO]))

    def fails(con: duckdb.DuckDBPyConnection) -> None:
        raise MemoryError

    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr("henrei_analytics.warehouse.load.rebuild", fails)
        office.load()
    assert office.dump() == before


# what is written


@pytest.mark.skipif(os.name == "nt", reason="file modes")
def test_database_and_key_are_for_their_owner_alone(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([ONE]))
    database = office.folder.parent / "new" / "henrei.duckdb"
    load([office.folder], database)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (database, key_path(database), database.parent)]
    assert modes == [0o600, 0o600, 0o700]


def test_without_its_key_a_database_takes_no_more_files(office: Office) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([ONE]))
    office.load()
    before = office.dump()
    key = key_path(office.database)
    content = key.read_bytes()
    office.save("2/RECEIPTC.UKE", claim_file([TWO]))
    key.unlink()
    with pytest.raises(HenreiError, match="鍵ファイル henrei.duckdb.key が見つかりません"):
        office.load()
    key.write_bytes(content[:31])
    with pytest.raises(HenreiError, match="壊れています"):
        office.load()
    assert office.dump() == before
    key.write_bytes(content)
    assert outcomes(office) == ["unchanged", "loaded"]


PERSONAL = {
    "name": "鬼瓦　轟太郎",
    "kana": "オニガワラゴウタロウ",
    "birth": "19371231",
    "symbol": "記号甲乙丙",
    "number": "番号子丑寅",
    "recipient": "7539514",
    "information": "SEIKYU-JOHO-777",
}


def test_nobody_can_be_found_in_the_database(office: Office) -> None:
    person = Receipt(**PERSONAL, publics=("83139999",), search=NUMBER)
    office.save("RECEIPTC.UKE", claim_file([replace(person, search="")]))
    office.save("wareki/RECEIPTC.UKE", claim_file([replace(person, birth="3121231", chart="2")], "202610"))
    office.save("RECEIPTC.HEN", return_file([Returned(person)]))
    office.save("bad line/RECEIPTC.HEN", return_file([Returned(replace(person, service="202613"))], "202610"))
    office.save("half/RECEIPTC.HEN", return_file([Returned(person)], "202611")[:-40])
    office.save(notice_name(), notice_file([Notice(name=PERSONAL["name"])]))
    office.load()
    con = duckdb.connect(str(office.database), read_only=True)
    tables = con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    rows = [con.execute(f"SELECT * FROM {schema}.{table}").fetchall() for schema, table in tables]
    con.close()
    haystack = json.dumps(rows, ensure_ascii=False, default=str)
    raw = b"".join(path.read_bytes() for path in office.database.parent.glob("henrei.duckdb*"))
    assert len(rows) > 20 and person.chart in haystack and NUMBER.encode() in raw
    family, given = PERSONAL["name"].split("　")
    for secret in [*PERSONAL.values(), family, given, "3121231", "1937-12-31"]:
        assert secret not in haystack
        for encoding in ("utf-8", "cp932", "utf-16-le", "utf-16-be"):
            assert secret.encode(encoding) not in raw


# who may read it


def test_readers_read_only(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([ONE]))
    office.load()
    readers = [connect(office.database) for _ in range(2)]
    assert [con.execute("SELECT COUNT(*) FROM mart.claims").fetchall() for con in readers] == [[(1,)]] * 2
    with pytest.raises(duckdb.InvalidInputException):
        readers[0].execute("CREATE TABLE mine (x INTEGER)")
    for con in readers:
        con.close()


HOLD = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_a_database_another_process_holds(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([ONE]))
    office.load()
    command = [sys.executable, "-c", HOLD, str(office.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        for attempt in (office.load, lambda: connect(office.database)):
            with pytest.raises(InUse, match="別の処理が使用中") as caught:
                attempt()
            assert caught.value.exit_code == 1
        holder.stdin.close()
    assert outcomes(office) == ["unchanged"]


def test_a_database_of_a_newer_version_is_refused(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([ONE]))
    office.load()
    con = duckdb.connect(str(office.database))
    con.execute("INSERT INTO ledger.migrations VALUES (999, TIMESTAMP '2030-01-01')")
    con.close()
    with pytest.raises(HenreiError, match="新しい版"):
        office.load()


@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"not a database"])
def test_what_is_no_database_is_refused(office: Office, content: bytes) -> None:
    office.database.write_bytes(content)
    with pytest.raises(HenreiError):
        connect(office.database)


def test_a_database_of_another_program_is_refused(office: Office) -> None:
    duckdb.connect(str(office.database)).close()
    with pytest.raises(HenreiError, match="取り込んだデータがありません"):
        connect(office.database)


@pytest.mark.parametrize("runs", [1, 2], ids=["in one run", "in two runs"])
@pytest.mark.parametrize("official_first", [True, False], ids=["official first", "renamed first"])
def test_an_official_name_tells_its_prefecture_in_any_order(
    office: Office, runs: int, official_first: bool
) -> None:
    """A copy renamed by somebody does not keep the office from learning what the official name tells."""
    content = notice_file([Notice()])
    names = [f"1/{notice_name()}", "2/返戻.csv"]
    paths = [office.save(name, content) for name in (names if official_first else names[::-1])]
    for of_run in [paths] if runs == 1 else [[path] for path in paths]:
        office.load(*of_run)
    assert office.values("SELECT DISTINCT institution FROM mart.returns") == [INSTITUTION]
    assert sorted(office.values("SELECT status FROM mart.files")) == ["duplicate", "loaded"]


def test_a_database_of_an_older_version_asks_for_a_load(office: Office) -> None:
    """It lacks the views that came since; a load, even of known files, makes them."""
    path = office.save("RECEIPTC.UKE", claim_file([ONE]))
    office.load()
    con = duckdb.connect(str(office.database))
    con.execute("DROP VIEW mart.coverage CASCADE")
    con.close()
    with pytest.raises(HenreiError, match="前の版"):
        connect(office.database)
    office.load(path)
    connect(office.database).close()
