"""What a notebook gets: the usual office when nothing is said, one clear sentence when something is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei_analytics import notebook, offices
from henrei_analytics.errors import HenreiError
from henrei_analytics.notebook import ParameterError, open_office

CLINIC = "1319912345"
AS_OF = "2026-10-31"


def test_with_nothing_said_it_is_the_first_office_and_the_newest_month_that_came_back(
    demo_database: Path,
) -> None:
    office = open_office(str(demo_database), as_of=AS_OF)
    assert office.title == "返戻月次報告 架空クリニック 13-1-9912345"
    assert office.month_label == "2026年9月請求分（10月返戻）"
    assert office.incomplete is None


@pytest.mark.parametrize("month", ["2026-08", "202608", 202608, " 2026-08 "])
def test_a_month_may_be_written_like_this(demo_database: Path, month: str | int) -> None:
    assert open_office(str(demo_database), CLINIC, month, AS_OF).scope.month == date(2026, 8, 1)


def test_december_comes_back_in_january() -> None:
    assert notebook.month_label(date(2026, 12, 1)) == "2026年12月請求分（1月返戻）"


def test_a_month_whose_returns_are_still_to_come_can_be_opened_and_says_so(demo_database: Path) -> None:
    office = open_office(str(demo_database), CLINIC, "2026-10", AS_OF)
    assert office.incomplete == date(2026, 10, 1)
    assert office.rows("headline")["returns"].to_list() == [0]
    assert office.rows("top_reasons").is_empty()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"month": "2026-13"},
            "月「2026-13」は YYYY-MM の形の年月ではありません（あるのは 2024-04 から 2026-10 です）",
        ),
        ({"month": "abc"}, "月「abc」は YYYY-MM"),
        ({"month": 2026}, "月「2026」は YYYY-MM"),
        ({"month": "2019-01"}, "2019年1月のデータはありません（あるのは 2024-04 から 2026-10 です）"),
        ({"institution": "9999999999"}, "医療機関「9999999999」のデータはありません。あるもの: 1319912345、"),
        ({"as_of": "昨日"}, "基準日「昨日」は YYYY-MM-DD"),
        ({"as_of": 20261031}, None),
        ({"months_back": 0}, "月数「0」は 1 から 120 まで"),
        ({"months_back": 121}, "月数「121」は"),
        ({"months_back": "many"}, "月数「many」は"),
        ({"database": "no/such.duckdb"}, "データベース no/such.duckdb がありません"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(
    demo_database: Path, given: dict, says: str | None
) -> None:
    arguments = {"database": str(demo_database), "as_of": AS_OF} | given
    if says is None:
        assert open_office(**arguments).scope.as_of == date(2026, 10, 31)
        return
    with pytest.raises(ParameterError) as caught:
        open_office(**arguments)
    assert says in str(caught.value)
    assert caught.value._render_traceback_() == [f"エラー: {caught.value}"]


def test_the_database_is_found_upwards_or_by_the_environment(
    demo_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HENREI_DATABASE", raising=False)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "henrei.duckdb").symlink_to(demo_database)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert open_office(as_of=AS_OF).institution.code == CLINIC
    monkeypatch.setenv("HENREI_DATABASE", str(tmp_path / "missing.duckdb"))
    with pytest.raises(HenreiError, match=r"missing\.duckdb"):
        open_office(as_of=AS_OF)


def test_figures_are_computed_once_and_narrowed_by_column(
    demo_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []
    compute = notebook.figures.compute
    monkeypatch.setattr(
        notebook.figures,
        "compute",
        lambda con, scope, name, known: computed.append(name) or compute(con, scope, name, known),
    )
    office = open_office(str(demo_database), as_of=AS_OF)
    both = office.rows("rate_by_month", payer=["shaho", "kokuho"])
    assert set(both["payer"]) == {"shaho", "kokuho"}
    assert office.rows("rate_by_month", payer="all").height * 2 == both.height
    assert computed == ["rate_by_month"]


def test_the_newest_month_is_the_newest_whose_returns_have_arrived() -> None:
    september, october = date(2026, 9, 1), date(2026, 10, 1)
    office = offices.Institution(CLINIC, "架空", (september, october), returned=(september,))
    assert office.newest_month(date(2026, 10, 1)) == september
    assert (
        office.newest_month(date(2026, 11, 30)) == september
    )  # October was claimed, nothing of it came back


def test_without_any_return_it_is_the_newest_month_claimed() -> None:
    office = offices.Institution(CLINIC, "架空", (date(2026, 9, 1), date(2026, 10, 1)))
    assert office.newest_month(date(2026, 10, 31)) == date(2026, 10, 1)
