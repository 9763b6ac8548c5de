"""What the commands say and the exit codes schedulers rely on: 0 done, 1 look at something, 2 wrong use."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta

import duckdb
import pytest
import typer

from henrei_analytics import __version__
from henrei_analytics.cli import app
from henrei_analytics.summary import load_summary
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.load import LoadResult
from notice_files import henr, hjry
from office import NOON, Henrei, Office
from record_files import Receipt, Returned, claim_file, claim_text, in_bytes, return_file

COMMANDS = sorted(typer.main.get_command(app).commands)
RETURNED = Returned(Receipt(search="13101202608000000101", points=500))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(henrei: Henrei, command: str) -> None:
    code, said, _ = henrei(command, "--help")
    assert code == 0
    assert re.search(rf"例: henrei {command}\b", said)
    assert re.search(r"[ぁ-ん]", said)


def test_the_whole_explains_itself(henrei: Henrei) -> None:
    code, said, _ = henrei("-h")
    assert code == 0
    assert all(command in said for command in COMMANDS)
    assert henrei("--version") == (0, f"henrei-analytics {__version__}\n", "")


WRONG_USE = {
    "no such command": ["lod"],
    "no such option": ["load", ".", "--databse", "x"],
    "nothing to load": ["load"],
    "a path that does not exist": ["load", "nowhere.UKE"],
    "a database that does not exist": ["status"],
    "a report of a database that does not exist": ["report"],
    "an unload from a database that does not exist": ["unload", "RECEIPTC.UKE"],
    "nothing to declare": ["declare-empty", "hen", "社保"],
    "a day that is none": ["status", "--as-of", "2026-13-01"],
    "a month that is none": ["report", "--month", "202613"],
    "months back that are no number": ["report", "--months-back", "many"],
}


@pytest.mark.parametrize("case", WRONG_USE)
def test_wrong_use_ends_with_2_and_a_sentence(henrei: Henrei, office: Office, case: str) -> None:
    code, said, errors = henrei(*WRONG_USE[case])
    assert (code, said) == (2, "")
    assert errors.strip() and "Traceback" not in errors
    assert not office.database.exists()


def test_a_load_in_order(henrei: Henrei, office: Office) -> None:
    office.save("RECEIPTC.HEN", return_file([RETURNED]))
    code, said, errors = henrei("load", office.folder)
    assert (code, errors) == (0, "")
    assert "返戻（原審査）: 1件、レセプト 1件（全13行 = 使用 7 + 不要 6 + 隔離 0）" in said
    assert "■ 合計行との照合は一致し、除いた行はありません。" in said


def test_a_load_tells_what_it_did_not_read(henrei: Henrei, office: Office) -> None:
    office.save("memo.txt", b"x")
    office.save("RRECEC.HEN", in_bytes(["RE,1,1112,202608,架空　一郎"]))
    code, said, _ = henrei("load", office.folder)
    assert code == 0
    assert "■ 読まないファイル: 1件\n  files/memo.txt" in said
    assert "■ 読まないファイル: 労災のファイル: 1件\n  files/RRECEC.HEN" in said
    assert "新しく取り込んだファイルはありません。" in said


def test_a_load_with_a_rejected_file(henrei: Henrei, office: Office) -> None:
    office.save("bad/RECEIPTC.HEN", return_file([RETURNED])[:-20])
    office.save("good/RECEIPTC.UKE", claim_file([Receipt()]))
    code, said, _ = henrei("load", office.folder)
    assert code == 1
    assert "請求ファイル: 1件" in said
    assert re.search(
        r"■ 読み込めなかったファイル: 1件\n  files/bad/RECEIPTC\.HEN: .*もう一度取り直してください。", said
    )
    code, said, _ = henrei("load", office.folder)
    assert code == 1
    assert "取込済みで変更のないファイル: 1件" in said


def test_a_load_with_lines_set_aside(henrei: Henrei, office: Office) -> None:
    receipts = [Receipt(name=f"架空　{n}") for n in range(12)]
    lines = [line.replace(",291,", ",x,") if line.startswith("HO") else line for line in claim_text(receipts)]
    office.save("RECEIPTC.UKE", in_bytes(lines))
    code, said, _ = henrei("load", office.folder)
    assert code == 1
    assert "■ 隔離した行: 12行" in said
    assert "  files/RECEIPTC.UKE 3行目: HO（保険者）: 6番目の項目が数字ではありません。" in said
    assert "ほか 2行" in said
    assert "■ 合計行と合わないファイル: 1件" in said


def test_a_load_speaks_of_receipts_only_where_a_file_lists_them(henrei: Henrei, office: Office) -> None:
    for file in (hjry("レセプト種別|療養の給付・件数\n合計|9", "50808"), henr([])):
        office.save(file.name, file.content)
    _, said, _ = henrei("load", office.folder)
    assert re.search(r"^  オンライン受領書: 1件（全", said, re.MULTILINE)
    assert "  返戻内訳書: 1件、レセプト 0件（全" in said


def test_a_load_names_the_mappings_it_cannot_use(henrei: Henrei, office: Office) -> None:
    office.load()
    result = LoadResult(unused_mappings=["返戻一覧.toml: [columns] がありません。"])
    con = connect(office.database)
    lines, in_order = load_summary(con, result)
    con.close()
    assert not in_order
    assert lines[-3:-1] == ["■ 使えない対応表: 1件", "  返戻一覧.toml: [columns] がありません。"]


def test_a_load_tells_which_receipts_were_replaced(henrei: Henrei, office: Office) -> None:
    office.save("1/RECEIPTC.UKE", claim_file([Receipt(), Receipt(name="架空　花子")]))
    office.save("2/RECEIPTC.UKE", claim_file([Receipt(points=999)]), NOON + timedelta(days=1))
    office.save("3/RECEIPTC.UKE", claim_file([Receipt(points=999)]), NOON + timedelta(days=2))
    code, said, _ = henrei("load", office.folder)
    assert code == 0
    assert "■ 新しいファイルの内容で置き換わったレセプト: 1ファイル\n  files/1/RECEIPTC.UKE: 1件" in said
    assert "■ 同じ内容の写し（1件として数えます）: 1件\n  files/3/RECEIPTC.UKE" in said


def test_unload(henrei: Henrei, office: Office) -> None:
    path = office.save("RECEIPTC.UKE", claim_file([Receipt()]))
    henrei("load", path)
    code, said, _ = henrei("unload", path)
    assert (code, said) == (0, "取り込みを取り下げました。\n  RECEIPTC.UKE\n")
    code, _, errors = henrei("unload", path)
    assert (code, "取り込まれていません" in errors) == (2, True)


def test_a_database_in_use(henrei: Henrei, office: Office) -> None:
    henrei("load", office.folder)
    hold = "import sys, duckdb; con = duckdb.connect(sys.argv[1]); print(1, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(office.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        code, said, errors = henrei("status")
        holder.stdin.close()
    assert (code, said) == (1, "")
    assert (
        errors
        == f"エラー: データベース {office.database} は別の処理が使用中です。終わってからもう一度実行してください。\n"
    )


def test_the_text_of_an_unexpected_error_is_not_shown(
    henrei: Henrei, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise duckdb.Error("鬼瓦　轟太郎")

    monkeypatch.setattr("henrei_analytics.warehouse.load.rebuild", fails)
    monkeypatch.delenv("HENREI_DEBUG", raising=False)
    office.save("RECEIPTC.UKE", claim_file([Receipt()]))
    code, said, errors = henrei("load", office.folder)
    assert (code, said) == (1, "")
    assert "予期しない問題" in errors and "鬼瓦" not in errors


def test_demo_writes_only_where_nothing_is(henrei: Henrei, office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([Receipt()]))
    code, said, errors = henrei("demo", "--out", office.folder)
    assert (code, said) == (2, "")
    assert (
        errors
        == f"エラー: {office.folder} は空のフォルダーではありません。空のフォルダーか、新しいフォルダーを指定してください。\n"
    )


def test_a_report_needs_a_folder_to_write_to(henrei: Henrei, office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([Receipt()]))
    office.load()
    code, _, errors = henrei("report", "--out", office.folder / "RECEIPTC.UKE")
    assert code == 2 and "に書けません" in errors


def test_as_a_module_and_on_a_console_of_cp932(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([Receipt()], name="㈱髙纊～医院"))
    office.load()
    env = os.environ | {"PYTHONIOENCODING": "cp932", "HENREI_DATABASE": str(office.database)}
    command = [sys.executable, "-m", "henrei_analytics", "status", "--as-of", "2026-10-04"]
    ended = subprocess.run(command, capture_output=True, env=env, check=True)
    assert "㈱髙纊～医院（13-1-9912345）" in ended.stdout.decode("cp932")
