"""Who keyed a claim: an own list says it, and it is tied to the return and to the claim of the claim file."""

from __future__ import annotations

from datetime import timedelta

import pytest

from list_files import paper, workbook
from notice_files import henr
from office import NOON, Office
from record_files import INSTITUTION, Notice, Receipt, Returned, claim_file, return_file

CLAIM_HEADINGS = ["施設コード", "社国", "請求月", "診療月", "レセ種別", "入外区分", "保険者No", "患者ID", "漢字氏名", "男女",
                  "生年月日", "総点数", "再請求区分", "入力担当者"]  # fmt: skip
CLAIM = [INSTITUTION, "協会", "202609", "202608", "1112", "2", "06139999", "1", "", "", "", 291, "", "会計1"]
NUMBER = "13101202609000000101"
RETURN_HEADINGS = "医療機関CD,提出先,審査年月,審査区分,診療年月,保険者番号,入外,患者コード,患者氏名,返戻点数,返戻コード,返戻理由"


def claim_list(*rows: dict[str, object]) -> bytes:
    """A list of the receipt computer カルテ丸; a row tells only what differs from CLAIM."""
    filled = [[row.get(h, usual) for h, usual in zip(CLAIM_HEADINGS, CLAIM, strict=True)] for row in rows]
    return workbook([CLAIM_HEADINGS, *filled], names=["請求一覧"])


def entered(office: Office) -> list[tuple[str, str | None]]:
    """カルテ番号 and person, claim by claim."""
    rows = office.rows(
        "SELECT claims.chart_number, claims.source, entry.entered_by FROM core.claims AS claims "
        "LEFT JOIN core.claim_entry AS entry ON entry.claim_id = claims.claim_id ORDER BY ALL"
    )
    assert len({row["source"] for row in rows}) == 1
    return [(row["chart_number"], row["entered_by"]) for row in rows]


# --- returns ----------------------------------------------------------------------------------------------------------


def test_the_form_for_paper_returns_tells_it(office: Office) -> None:
    office.save("紙の返戻.xlsx", paper({"entered_by": " 会計1　"}, {"points": 5}))
    office.load()
    assert office.values("SELECT entered_by FROM core.notice_versions ORDER BY points") == [None, "会計1"]


def listed(person: str, number: str = "") -> bytes:
    """A list of an own program, read by the mapping below."""
    row = f"{INSTITUTION},基金,R8.9,一次,R8.8,06139999,入院外,2,,291,L3129,理由,{person},{number}"
    return f"{RETURN_HEADINGS},担当,番号\r\n{row}\r\n".encode("cp932")


def with_mapping(office: Office) -> None:
    folder = office.database.parent / "mappings"
    folder.mkdir()
    (folder / "a.toml").write_text(
        'kind = "returns"\nencoding = "cp932"\n[columns]\ninstitution = "医療機関CD"\npayer = "提出先"\nmonth = "審査年月"\n'
        'stage = "審査区分"\nservice_month = "診療年月"\ninsurer_number = "保険者番号"\nsetting = "入外"\n'
        'chart_number = "患者コード"\npoints = "返戻点数"\ntext = "返戻理由"\nentered_by = "担当"\nsearch_number = "番号"\n'
        '[values.payer]\n"基金" = "shaho"\n[values.stage]\n"一次" = "first_review"\n',
        "utf-8",
    )


def test_a_list_of_returns_tells_it(office: Office) -> None:
    with_mapping(office)
    office.save("list.csv", listed("会計１"))
    office.load()
    assert office.values("SELECT entered_by FROM core.notice_versions") == ["会計１"]  # as it is written


def test_a_notice_with_the_same_number_does_not_hide_it(office: Office) -> None:
    with_mapping(office)
    office.save("list.csv", listed("会計1", NUMBER))
    office.save("old.csv", listed("会計9", NUMBER), NOON - timedelta(days=1))
    office.save("notice.csv", henr([Notice(chart="00002", search=NUMBER, reception="0809-00000100")]).content)
    office.save("RECEIPTC.HEN", return_file([Returned(Receipt(chart="00002", search=NUMBER))]))
    office.load()
    assert office.rows("SELECT kind, entered_by FROM core.notice_versions WHERE is_newest") == [
        {"kind": "henr", "entered_by": "会計1"}
    ]


def test_equal_rows_without_a_number_keep_each_their_own(office: Office) -> None:
    with_mapping(office)
    row = listed("").split(b"\r\n")[1]
    office.save("list.csv", listed("会計1") + row + b"\r\n")
    office.load()
    sql = "SELECT entered_by FROM core.notice_versions WHERE is_newest ORDER BY line_no"
    assert office.values(sql) == ["会計1", None]


# --- claims -----------------------------------------------------------------------------------------------------------


def test_a_list_that_is_itself_the_claims_tells_it_row_by_row(office: Office) -> None:
    office.save(
        "請求一覧.xlsx",
        claim_list({}, {"患者ID": "2", "入力担当者": "会計2"}, {"患者ID": "3", "入力担当者": ""}),
    )
    office.load()
    assert entered(office) == [("1", "会計1"), ("2", "会計2"), ("3", None)]


def test_the_claims_of_a_claim_file_are_found_by_their_chart_without_its_zeros(office: Office) -> None:
    office.save(
        "RECEIPTC.UKE", claim_file([Receipt(chart="00001"), Receipt(chart="00002", name="架空　二郎")])
    )
    office.save("請求一覧.xlsx", claim_list({}, {"患者ID": "3", "入力担当者": "会計3"}))
    office.load()
    assert entered(office) == [("00001", "会計1"), ("00002", None)]
    assert office.values("SELECT DISTINCT source FROM mart.claim_volume") == [
        "uke"
    ]  # the list counts nothing


@pytest.mark.parametrize(
    "differs",
    [
        {"社国": "国保"},
        {"請求月": "202610"},
        {"診療月": "202607"},
        {"レセ種別": "1111", "入外区分": "1"},
        {"患者ID": "11"},
    ],
    ids=str,
)
def test_another_claim_is_not_meant(office: Office, differs: dict[str, object]) -> None:
    office.save("RECEIPTC.UKE", claim_file([Receipt()]))
    office.save("請求一覧.xlsx", claim_list(differs))
    office.load()
    of_file = "SELECT claim_id FROM core.claims WHERE source = 'uke'"
    assert len(office.values(of_file)) == 1
    assert office.values(f"SELECT entered_by FROM core.claim_entry WHERE claim_id IN ({of_file})") == []


def test_without_a_chart_in_common_the_patient_tells(office: Office) -> None:
    person = {"漢字氏名": "架空 一郎", "男女": "男", "生年月日": "1980/1/15"}
    office.save("RECEIPTC.UKE", claim_file([Receipt(chart="A-77")]))
    office.save("請求一覧.xlsx", claim_list(person))
    office.load()
    assert entered(office) == [("A-77", "会計1")]
    office.save("請求一覧.xlsx", claim_list(person, {"患者ID": "A-77", "入力担当者": "会計2"}))
    office.load()
    assert entered(office) == [("A-77", "会計2")]  # the chart is surer


@pytest.mark.parametrize(
    ("second", "person"),
    [({"入力担当者": "会計2"}, None), ({"入力担当者": ""}, "会計1"), ({"入力担当者": "会計1"}, "会計1"),
     ({"入力担当者": "会計2", "保険者No": "06139998"}, "会計1")],
    ids=["two people", "one unnamed", "one person", "another insurer"],
)  # fmt: skip
def test_only_one_person_is_named(office: Office, second: dict[str, object], person: str | None) -> None:
    office.save("RECEIPTC.UKE", claim_file([Receipt()]))
    office.save("請求一覧.xlsx", claim_list({}, second | {"総点数": 500}))
    office.load()
    assert entered(office) == [("00001", person)]


def test_the_newest_list_tells(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([Receipt()]))
    office.save("a/請求一覧.xlsx", claim_list({"入力担当者": "会計9"}), NOON - timedelta(days=1))
    office.save("b/請求一覧.xlsx", claim_list({}))
    office.load()
    assert entered(office) == [("00001", "会計1")]
