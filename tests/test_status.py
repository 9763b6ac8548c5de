"""What `henrei status` says and when it asks for somebody (exit code 1); months in which nothing came."""

from __future__ import annotations

import re

import pytest

from henrei_analytics.attention import templates
from henrei_analytics.status import LEGEND, SHOWN
from notice_files import fixf, fmei, hen, henr, hjry, uke, zogn
from office import Henrei, Office
from record_files import INSTITUTION, Notice, Receipt, Returned

RETURNED = Returned(Receipt(search="13101202608000000101", points=500))
CLAIMS, RETURNS = uke([Receipt()], "202608"), hen([RETURNED], "202609")


def saved(office: Office, *files) -> None:
    for place, file in enumerate(files):
        office.save(f"{place}/{file.name}", file.content, file.time)


def status(henrei: Henrei, day: str) -> tuple[int, list[str]]:
    code, said, errors = henrei("status", "--as-of", day)
    assert errors == ""
    return code, said.splitlines()


def titles(lines: list[str], what: str) -> list[str]:
    """The lines that say `what`."""
    words = re.sub(r"\[[^]]*\]", ".*", templates()[what]["title_ja"])
    return [line for line in lines if re.fullmatch(rf"    \[..\] {words}", line)]


def test_a_database_without_files(henrei: Henrei, office: Office) -> None:
    henrei("load", office.folder)
    code, said = status(henrei, "2026-10-31")
    assert code == 0
    assert said[0] == "基準日 2026-10-31"
    assert said[1].startswith("取り込んだファイルはまだありません。")


def test_what_is_open_and_what_is_there_month_by_month(henrei: Henrei, office: Office) -> None:
    saved(office, CLAIMS, RETURNS)
    henrei("load", office.folder)
    code, said = status(henrei, "2026-12-16")
    assert said[:8] == [
        "基準日 2026-12-16",
        "■ 架空医院（13-1-9912345）",
        "  再請求していない返戻: 1件 ¥5,000",
        "  月ごとの取込（2026-08から2026-12まで、左が古い月）",
        "    社保 ●×××× 請求ファイル",
        "    社保 △●××　 返戻（原審査）",
        "    国保 ××××× 請求ファイル",
        "    国保 △×××　 返戻（原審査）",
    ]
    assert code == 0, "nothing is lost within 14 days"


def test_what_will_be_lost_within_two_weeks_asks_for_somebody(henrei: Henrei, office: Office) -> None:
    """The same database, a day later; on the day after the deadline nobody can do anything any more."""
    saved(office, CLAIMS, RETURNS)
    henrei("load", office.folder)
    assert [status(henrei, day)[0] for day in ("2026-12-16", "2026-12-17", "2026-12-31", "2027-01-01")] == [
        0, 1, 1, 0,
    ]  # fmt: skip
    _, said = status(henrei, "2026-12-17")
    urgent = [line for line in said if line.startswith("    [至急]")]
    assert len(urgent) == 1 and "国保" in urgent[0] and "2026年9月" in urgent[0]
    assert said[said.index(urgent[0]) + 1].startswith("        → ")


PAID = (
    "年月|処理区分|受付番号|カルテ|レセプト区分|保険者番号|請求点数\n50807|3|0808-70000100|7|2|06139999|291"
)


@pytest.mark.parametrize(
    ("what", "code"),
    [("file_rejected", 1), ("totals_differ", 1), ("lines_quarantined", 1), ("sent_totals_differ", 0), ("reported_not_downloaded", 0)],
)  # fmt: skip
def test_what_a_scheduler_is_told(henrei: Henrei, office: Office, what: str, code: int) -> None:
    """Exit code 1: something is refused, set aside or does not add up; the rest is said and can wait."""
    saved(office, CLAIMS)
    cut = "行|受付番号|箇所１|法別|増減|事由\n3|0808-70000200|60|06|-30|D\n"
    if what == "file_rejected":
        office.save("RECEIPTC.HEN", b"")
    elif what == "totals_differ":
        file = zogn(f"{cut}5||||-31|", "50808")
        office.save(
            file.name,
            file.content.replace(b"5,,,,,,,,,,,,,,,,,,,,,", "5,,,,,,,,,,,,,,,,,,,,合計,".encode("cp932")),
        )
    elif what == "lines_quarantined":
        file = zogn(f"{cut}4|||06|?|", "50808")
        office.save(file.name, file.content)
    else:
        file = (
            fmei(PAID, "50808")
            if what.startswith("reported")
            else hjry("レセプト種別|療養の給付・件数\n合計|9", "50808")
        )
        office.save(file.name, file.content)
    henrei("load", office.folder)
    found, said = status(henrei, "2026-10-04")
    assert found == code
    assert len(titles(said, what)) == 1


def test_attention_ends_when_the_reason_is_gone(henrei: Henrei, office: Office) -> None:
    saved(office, CLAIMS)
    office.save("RECEIPTC.HEN", b"")
    henrei("load", office.folder)
    code, said = status(henrei, "2026-10-04")
    assert code == 1 and len(titles(said, "file_rejected")) == 1
    assert "files/RECEIPTC.HEN" in titles(said, "file_rejected")[0]
    henrei("unload", "files/RECEIPTC.HEN")
    code, said = status(henrei, "2026-10-04")
    assert code == 0 and titles(said, "file_rejected") == []


def test_everybody_has_a_list_of_their_own_and_what_is_nobodys_comes_last(
    henrei: Henrei, office: Office
) -> None:
    saved(office, CLAIMS, RETURNS, uke([Receipt()], "202608").of("9900001"))
    office.save("RECEIPTC.HEN", b"")
    henrei("load", office.folder)
    code, said = status(henrei, "2026-12-16")
    assert code == 1
    heads = [line for line in said if line.startswith("■")]
    assert heads == ["■ 架空医院（13-1-9900001）", "■ 架空医院（13-1-9912345）", "■ 医療機関の分からないもの"]
    for place, head in enumerate(heads):
        start = said.index(head)
        part = said[start : said.index(heads[place + 1]) if place < 2 else len(said)]
        (listed,) = [line for line in part if line.startswith("  確かめること: ")]
        facts = [line for line in part if line.startswith("    [")]
        assert listed == f"  確かめること: {len(facts)}件"
        assert len(titles(part, "file_rejected")) == (place == 2)
        assert bool(titles(part, "claims_missing")) == (place < 2)


def test_why_a_file_was_refused_is_said(henrei: Henrei, office: Office) -> None:
    office.save("RECEIPTC.HEN", b"")
    henrei("load", office.folder)
    (message,) = office.values("SELECT message FROM mart.files")
    _, said = status(henrei, "2026-10-04")
    assert said[said.index(*titles(said, "file_rejected")) + 1].startswith(f"        → {message}")


def test_only_returns_without_their_file_have_a_day_to_download_it(henrei: Henrei, office: Office) -> None:
    listed = henr([Notice(service="0808", reception="0809-70000300", points=7)])
    office.save(listed.name, listed.content)
    henrei("load", office.folder)
    line = "  まだ返戻ファイルのないもの: 次のダウンロード期限 2026-12-31、14日以内に期限が来るもの {}件"
    assert line.format(0) in status(henrei, "2026-12-16")[1]
    assert line.format(1) in status(henrei, "2026-12-17")[1]
    assert not any("ダウンロード期限 2" in one for one in status(henrei, "2027-01-01")[1])


def test_claims_known_from_another_source_are_a_state_of_their_own(henrei: Henrei, office: Office) -> None:
    told = fixf(
        "レセプト番号|レセプト種別|診療年月|保険者番号|合計点数|請求確定状況\n1|1112|50808|06139999|291|1"
    )
    saved(office, CLAIMS, told)
    henrei("load", office.folder)
    _, said = status(henrei, "2026-10-31")
    assert "    社保 ●◇× 請求ファイル" in said
    assert said.count(f"    {LEGEND}") == 1 and "◇" in LEGEND


def test_a_long_list_is_counted(henrei: Henrei, office: Office) -> None:
    for number in range(SHOWN + 5):
        office.save(f"{number}/RECEIPTC.HEN", b"" + b"\n" * number)
    henrei("load", office.folder)
    code, said = status(henrei, "2026-10-04")
    assert code == 1
    assert sum(line.startswith("    [") for line in said) == SHOWN
    assert said[-1].startswith("    ほか 5件")


# months in which nothing came


def states(office: Office, kind: str = "hen", payer: str = "kokuho") -> list[tuple[str, str | None]]:
    sql = f"SELECT state, evidence FROM mart.coverage WHERE kind = '{kind}' AND payer = '{payer}' ORDER BY month"
    return [tuple(row.values()) for row in office.rows(sql)]


def test_a_month_declared_empty_is_no_longer_missing_until_that_is_undone(
    henrei: Henrei, office: Office
) -> None:
    saved(office, CLAIMS, RETURNS)
    henrei("load", office.folder)
    assert states(office) == [("missing", None)] * 2
    code, said, _ = henrei("declare-empty", "hen", "国保", "2026-08", "2026-09")
    assert code == 0 and all(word in said for word in ("国保", "2026-08", "2026-09"))
    assert states(office) == [("empty", "declared")] * 2
    assert "    国保 －－　 返戻（原審査）" in status(henrei, "2026-10-31")[1]
    assert states(office, payer="shaho") == [("missing", None), ("loaded", None)]
    assert henrei("declare-empty", "hen", "kokuho", "2026-08")[0] == 0, "again changes nothing"
    assert henrei("declare-empty", "hen", "国保", "2026-08", "--undo")[0] == 0
    assert states(office) == [("missing", None), ("empty", "declared")]


def test_a_file_that_comes_after_all_counts(henrei: Henrei, office: Office) -> None:
    saved(office, CLAIMS)
    henrei("load", office.folder)
    henrei("declare-empty", "hen", "社保", "2026-09")
    assert states(office, payer="shaho")[-1] == ("empty", "declared")
    saved(office, CLAIMS, RETURNS)
    henrei("load", office.folder)
    assert states(office, payer="shaho")[-1] == ("loaded", None)


WRONG = {
    "no such kind": ["hem", "国保", "2026-08"],
    "no file that comes every month": ["volumes", "国保", "2026-08"],
    "no such payer": ["hen", "労災", "2026-08"],
    "a month that is none": ["hen", "国保", "2026-13"],
    "a month with files": ["hen", "社保", "2026-09"],
    "one of the months has files": ["hen", "社保", "2026-08", "2026-09"],
    "no such institution": ["hen", "国保", "2026-08", "--institution", "1319999999"],
}


def test_what_cannot_be_declared(henrei: Henrei, office: Office) -> None:
    saved(office, CLAIMS, RETURNS)
    henrei("load", office.folder)
    before = office.dump()
    for case, words in WRONG.items():
        code, said, errors = henrei("declare-empty", *words)
        assert (code, said) == (2, ""), case
        assert errors.startswith("エラー: "), case
    assert office.dump() == before


def test_with_several_institutions_one_must_be_named(henrei: Henrei, office: Office) -> None:
    saved(office, CLAIMS, uke([Receipt()], "202608").of("9900001"))
    henrei("load", office.folder)
    assert henrei("declare-empty", "hen", "国保", "2026-08")[0] == 2
    assert henrei("declare-empty", "hen", "国保", "2026-08", "--institution", INSTITUTION)[0] == 0
    assert [
        tuple(row.values())
        for row in office.rows("SELECT institution, month FROM mart.coverage WHERE evidence = 'declared'")
    ] == [(INSTITUTION, office.values("SELECT DATE '2026-08-01'")[0])]


def test_there_must_be_a_database(henrei: Henrei, office: Office) -> None:
    assert henrei("declare-empty", "hen", "国保", "2026-08")[0] == 2
    assert not office.database.exists()
