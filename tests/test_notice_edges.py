"""What a notice may hold at its edges: blanked numbers, blank cells, lines set aside, numbers out of all bounds."""

from __future__ import annotations

import pytest

from loaded import Loaded
from notice_files import Rerouted, fggk, fmei, hen, henr, sast, skkg, uke
from record_files import Notice, Receipt, Returned

HEADS = "年月|処理区分|受付番号|カルテ|レセプト区分|保険者番号|請求点数"
PAID = "50808|1|0809-70000100|7|2|06139999|500"
UNREADABLE = "50808|3|0809-70000200|8|2|06139999|x"
CLAIM = Receipt(insurer="01010016", chart="00009", points=310)


@pytest.mark.files(
    uke([Receipt(chart="00003")]), hen([Returned(Receipt(service="202606"))], "202607"),
    fmei(f"{HEADS}\n{PAID}\n{UNREADABLE}"),
)  # fmt: skip
def test_a_payment_notice_with_lines_set_aside_proves_nothing(loaded: Loaded) -> None:
    """The unreadable line may be the return: the missing return file is asked for all the same."""
    where = "kind = 'hen' AND payer = 'shaho' AND month = DATE '2026-09-01'"
    assert loaded.rows("mart.coverage", "state, evidence", where) == [("missing", None)]


@pytest.mark.files(henr([Notice(reception="0809-00000100", points="x")]))  # type: ignore[arg-type]
def test_a_notice_whose_only_line_is_set_aside_is_not_empty(loaded: Loaded) -> None:
    where = "kind = 'henr' AND month = DATE '2026-09-01'"
    assert loaded.rows("mart.coverage", "state, evidence", where) == [("loaded", None)]


@pytest.mark.files(
    henr([Notice(reception="0809-00000100", points="x")]),  # type: ignore[arg-type]
    henr([Notice(reception="0809-00000100")]).later(),
)
def test_a_file_of_nothing_asks_for_no_attention_once_its_month_is_whole(loaded: Loaded) -> None:
    assert loaded.rows("mart.attention", "what", "what = 'lines_quarantined'") == []


@pytest.mark.files(uke([CLAIM]), henr([Notice(insurer="    0016", chart="00009", points=310)]))
def test_an_insurer_written_without_its_first_digits_is_the_same_insurer(loaded: Loaded) -> None:
    assert loaded.rows("mart.returns", "insurer_number, law_number") == [("01010016", "01")]


@pytest.mark.files(fmei(f"{HEADS}\n{PAID.replace('|1|', '|3|')}", system="MI"))
def test_a_return_reported_on_paper_has_nothing_to_download(loaded: Loaded) -> None:
    assert loaded.rows("mart.reported_returns", "medium, download_deadline") == [("paper", None)]
    assert loaded.rows("mart.attention", "severity, number, deadline", "what = 'reported_on_paper'") == [
        ("amber", 1, None)
    ]


@pytest.mark.files(
    fggk("""
        管掌区分 | 明細・合計区分 | 管掌コード | 入院外＿件数 | 入院外＿点数 | 算定額
        1      | 9            | 00       | 3          | 2660       | 19240.00
        3      | 9            | 00       | 1          | 620        | 1240.00
    """)
)
def test_blank_cells_of_a_total_are_nothing(loaded: Loaded) -> None:
    assert loaded.rows("mart.payment_totals", "claims, points, paid_yen") == [(4, 3280, 20480)]


@pytest.mark.files(skkg([Rerouted("振替", [(f"合計点数：{'9' * 21}", "1", "保険者番号：06139998")])]))
def test_a_number_out_of_all_bounds_is_left_out(loaded: Loaded) -> None:
    assert loaded.rows("mart.rerouted", "outcome, points") == [("transferred", None)]


@pytest.mark.files(
    sast(
        "年月|整理番号|保険者（|レセプト区分|請求理由|療養の給付＿件数|療養の給付＿点数\n50806|01|06139999|2|100060|0|-50",
        "年月|整理番号|保険者（|診療項目|増減点数|事由\n50806|01|06139999|60|-30|A\n50806|01|06139999|13|-20|B",
    )
)
def test_two_cuts_of_one_receipt_are_of_one_receipt(loaded: Loaded) -> None:
    assert len(loaded.rows("mart.adjustments", "section")) == 2
    assert len(set(loaded.values("mart.adjustments", "receipt_key"))) == 1
