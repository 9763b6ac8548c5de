"""Charts draw only what they were asked to draw, in the same colours everywhere, with Japanese words."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from henrei_analytics import charts, display, figures, labels
from henrei_analytics.charts import palette
from henrei_analytics.charts.points import LINE

MONTHS = [date(2025 + (9 + at) // 12, (9 + at) % 12 + 1, 1) for at in range(14)]
RATES = pl.DataFrame(
    [
        {"month": month, "payer": payer, "rate": 0.01 + at / 1000, "low": 0.005, "high": 0.03, "secret": "X"}
        for at, month in enumerate(MONTHS)
        for payer in ("shaho", "kokuho")
    ]
)
REASONS = pl.DataFrame(
    {
        "category": ["資格関係", "記載不備", "未分類"],
        "returns": [11, 4, 0],
        "cumulative_share": [0.733, 1.0, 1.0],
        "rate": [0.02, 0.01, None],
        "low": [0.01, 0.0, None],
        "high": [0.03, 0.02, None],
    }
)
BY_MONTH = pl.DataFrame(
    [{"month": month, "category": name, "returns": 2} for month in MONTHS for name in ("未分類", "資格関係")]
)
COVERAGE = pl.DataFrame(
    {
        "month": MONTHS[:3],
        "payer": ["shaho"] * 3,
        "kind": ["hen"] * 3,
        "state": ["loaded", "due_soon", "gone"],
    }
)
SURVIVAL = pl.DataFrame({"months": [0, 1], "survival": [0.6, 0.2], "payer": ["shaho", "shaho"]})
GROUPS = pl.DataFrame(
    {
        "breakdown": ["payer", "payer", "insurer_class", "department"],
        "member": ["shaho", "kokuho", "国保", "眼科"],
        "returns": [30, 20, 20, 0],
        "share_1": [0.5, 0.4, 0.4, None],
        "share_1_low": [0.33, 0.22, 0.22, None],
        "share_1_high": [0.67, 0.61, 0.61, None],
    }
)
BREAKS = pl.DataFrame({"month": [MONTHS[2], date(2019, 1, 1)], "label_ja": ["診療報酬改定", "範囲の外"]})

EVERY_CHART = {
    "trend": (lambda data: charts.trend(data, "rate", series="payer", low="low", high="high"), RATES),
    "pareto": (lambda data: charts.pareto(data, "category", "returns", "cumulative_share"), REASONS),
    "bars": (lambda data: charts.bars(data, "category", "rate", low="low", high="high"), REASONS),
    "stacked": (lambda data: charts.stacked(data, "month", "returns", "category"), BY_MONTH),
    "heatmap": (lambda data: charts.heatmap(data, "month", "category", "returns"), BY_MONTH),
    "survival": (lambda data: charts.survival(data, "months", "survival", series="payer"), SURVIVAL),
    "intervals": (
        lambda data: charts.intervals(
            data, "member", "share_1", "share_1_low", "share_1_high", group="breakdown", count="returns"
        ),
        GROUPS,
    ),
    "matrix": (lambda data: charts.matrix(data, "month", ["payer", "kind"], "state"), COVERAGE),
}


@pytest.mark.parametrize("name", EVERY_CHART)
def test_a_chart_becomes_an_svg_with_marks(name: str) -> None:
    draw, data = EVERY_CHART[name]
    svg = display.svg(draw(data).to_dict())
    assert svg.startswith("<svg")
    assert svg.count("<path") > 3


@pytest.mark.parametrize("name", EVERY_CHART)
def test_nothing_to_draw_is_no_chart(name: str) -> None:
    draw, data = EVERY_CHART[name]
    assert draw(data.clear()) is None


def test_only_drawn_columns_enter_the_specification() -> None:
    assert "secret" not in json.dumps(charts.trend(RATES, "rate", series="payer").to_dict())


def test_the_same_label_in_two_groups_is_two_lines() -> None:
    draw, data = EVERY_CHART["intervals"]
    spec = draw(data).to_dict()
    lines = [line.split(LINE) for line in spec["layer"][0]["encoding"]["y"]["scale"]["domain"]]
    assert [label for _, label in lines] == [
        "■ 支払機関",
        "社保",
        "国保",
        "■ 保険の種類",
        "国保",
        "■ 診療科",
        "眼科",
    ]
    (rows,) = spec["datasets"].values()
    assert [row["written"] for row in rows] == ["50.0 %（30件）", "40.0 %（20件）", "40.0 %（20件）"]


def test_a_chart_higher_than_wide_gets_more_of_a_printed_page() -> None:
    figure = figures.Figure(figures.definitions()["turnaround_by_group"], pl.DataFrame({"returns": [1]}))
    many = pl.concat([GROUPS.with_columns(breakdown=pl.lit(f"{at}")) for at in range(8)])
    for data, tall in ((GROUPS, False), (many, True)):
        html = display.bundle(figure, EVERY_CHART["intervals"][0](data))["text/html"]
        assert ('<div class="chart" data-tall' in html) == tall


def test_a_series_of_nulls_is_no_chart() -> None:
    assert charts.trend(RATES.with_columns(rate=pl.lit(None, pl.Float64)), "rate") is None


def test_codes_are_words_with_their_fixed_colours() -> None:
    spec = json.dumps(charts.trend(RATES, "rate", series="payer").to_dict(), ensure_ascii=False)
    assert '"domain": ["社保", "国保"], "range": ["#00558C", "#D07A00"]' in spec
    assert "shaho" not in spec


def test_a_category_keeps_its_colour_and_place_whatever_else_is_shown() -> None:
    few, many = (
        palette.series("category", ["未分類", "資格関係"]),
        palette.series("category", list(palette.CATEGORIES)),
    )
    assert few.order == ["資格関係", "未分類"]
    assert dict(zip(few.order, few.colours["range"], strict=True)).items() <= palette.CATEGORIES.items()
    assert len(set(many.colours["range"])) == 11


def test_the_payers_differ_in_more_than_colour() -> None:
    style = palette.series("payer", ["社保", "国保"])
    assert len({tuple(dash) for dash in style.dashes["range"]}) == 2
    assert len(set(style.shapes["range"])) == 2
    dark, light = (_lightness(colour) for colour in style.colours["range"])
    assert light - dark > 0.15  # in a grey print


def _lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_state_of_a_month_has_a_colour_and_a_sign_of_its_own() -> None:
    known = labels.words()["codes"]["state"].values()
    assert palette.STATES.keys() == set(known)
    colours, signs, _ = zip(*palette.STATES.values(), strict=True)
    assert len(set(colours)) == len(set(signs)) == len(palette.STATES)
    # What is urgent or lost is dark, and nothing else is.
    dark = {name for name, (colour, _, _) in palette.STATES.items() if _lightness(colour) < 0.5}
    assert dark == {"期限間近", "期限切れ"}


def test_the_legend_of_the_states_names_their_signs() -> None:
    draw, data = EVERY_CHART["matrix"]
    svg = display.svg(draw(data).to_dict())
    assert "● 取込済" in svg and "！ 期限間近" in svg and "社保 返戻（原審査）" in svg


def test_changes_of_rules_are_marked_inside_the_months_shown_only() -> None:
    spec = json.dumps(charts.trend(RATES, "rate", breaks=BREAKS).to_dict(), ensure_ascii=False)
    assert "診療報酬改定" in spec
    assert "範囲の外" not in spec


def test_months_that_are_not_complete_are_shaded() -> None:
    assert "未確定" in json.dumps(
        charts.trend(RATES, "rate", incomplete=MONTHS[-1]).to_dict(), ensure_ascii=False
    )


def test_month_labels_are_japanese_and_carry_the_year_where_it_starts() -> None:
    svg = display.svg(charts.trend(RATES, "rate").to_dict())
    assert "1月" in svg and "2026年" in svg and "Jan" not in svg


def test_a_bar_without_a_value_says_so() -> None:
    assert labels.MISSING in display.svg(charts.bars(REASONS, "category", "rate").to_dict())


def test_an_axis_of_shares_ends_at_100_percent() -> None:
    """Behind it there is only room for words."""
    axes = [
        charts.bars(data, "category", "rate").to_dict()["layer"][0]["encoding"]["x"]["axis"]
        for data in (REASONS, REASONS.with_columns(rate=pl.Series([0.98, 0.9, None])))
    ]
    assert "values" not in axes[0] and max(axes[1]["values"]) == 1


def test_a_figure_may_call_a_column_by_a_word_of_its_own() -> None:
    assert labels.column("numerator", "re_return_rate").label == "再返戻"
    assert labels.column("numerator").label == labels.column("numerator", "headline").label == "分子"


def test_a_long_table_shows_as_many_rows_as_asked_and_folds_the_rest() -> None:
    figure = figures.Figure(figures.definitions()["by_insurer"], pl.DataFrame({"returns": range(9)}))
    html = display.bundle(figure, open_rows=5)["text/html"]
    assert "続き（4行、全9行）" in html
    assert '<details class="rows">' not in display.bundle(figure)["text/html"]


def test_a_long_label_is_written_whole() -> None:
    label = "被保険者証の記号・番号の誤り、または資格喪失後の受診"
    svg = display.svg(
        charts.bars(pl.DataFrame({"text": [label], "returns": [3]}), "text", "returns").to_dict()
    )
    assert label[:16] in svg and label[16:] in svg


def test_the_same_data_gives_the_same_specification() -> None:
    draw, data = EVERY_CHART["trend"]
    assert draw(data).to_dict() == draw(data).to_dict()


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (1234, "count", "1,234"),
        (0.0187, "rate", "1.9 %"),
        (0.0019, "fine_rate", "0.19 %"),
        (84210, "yen", "¥84,210"),
        (None, "rate", "—"),
        (float("nan"), "number", "—"),
        (date(2026, 9, 1), "month", "2026年9月"),
        (date(2026, 9, 30), "date", "2026-09-30"),
        (-5, "change", "−5"),
        (0, "change", "±0"),
        ("kokuho", "payer", "国保"),
        ("returned_again", "status", "再返戻"),
        ("unheard_of", "status", "unheard_of"),
        ("zogn", "kind", "増減点連絡書"),
        (False, "balanced", "不一致"),
        ("1319912345", "institution", "13-1-9912345"),
    ],
)
def test_values_as_a_reader_sees_them(value: object, kind: str, written: str) -> None:
    assert labels.text(value, kind) == written


def test_every_column_of_every_figure_that_a_notebook_shows_has_a_label(shown_columns: set[str]) -> None:
    assert shown_columns
    assert labels.unknown_columns(shown_columns) == []


@pytest.fixture
def shown_columns() -> set[str]:
    """The columns named in the notebooks: arguments `columns=[…]`."""
    import ast

    from henrei_analytics.notebook_files import shipped_files, shipped_folder

    found: set[str] = set()
    for path in shipped_files(shipped_folder()):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                calls = [
                    node
                    for node in ast.walk(ast.parse("".join(cell["source"])))
                    if isinstance(node, ast.Call)
                ]
                lists = [key.value for call in calls for key in call.keywords if key.arg == "columns"]
                found |= {name for each in lists for name in ast.literal_eval(each)}
    return found


def test_kinds_never_loaded_are_said_in_one_sentence() -> None:
    assert labels.not_loaded(["fmei"]) == "この医療機関では振込額明細を取り込んでいません。"
    assert "増減点連絡書・再審査等支払調整額通知票・突合点検調整額通知票などを" in labels.not_loaded(
        ["zogn", "sast", "shst", "tttr"]
    )


def test_a_figure_with_no_rows_says_so_and_keeps_its_definition() -> None:
    figure = figures.Figure(figures.definitions()["top_reasons"], pl.DataFrame({"category": []}))
    shown = display.bundle(figure, None)
    assert labels.NO_ROWS in shown["text/html"]
    assert figure.definition.numerator in shown["text/html"]


def test_tables_escape_what_they_show() -> None:
    assert "<b>" not in display.table_html(pl.DataFrame({"text": ["<b>&"]}))


def test_the_data_part_leaves_out_what_points_to_a_patient_and_clock_times() -> None:
    from datetime import datetime

    rows = display.plain_rows(
        pl.DataFrame(
            {
                "chart_number": ["0001"],
                "loaded_at": [datetime(2026, 1, 1)],
                "month": [date(2026, 9, 1)],
                "rate": [1 / 3],
            }
        )
    )
    assert rows == [{"month": "2026-09-01", "rate": 0.3333333333}]


def test_the_line_of_a_pareto_ends_at_the_total() -> None:
    spec = charts.pareto(REASONS, "category", "returns", "cumulative_share").to_dict()
    (line,) = [layer for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    drawn = json.dumps(spec["datasets"], ensure_ascii=False)
    assert line["encoding"]["x"]["field"] == "reached"
    assert '"reached": 11' in drawn and '"reached": 15' in drawn
    assert "11件・累計73%" in display.svg(spec)


def test_months_out_of_the_ordinary_carry_a_sign_and_others_none() -> None:
    signals = ["usual"] * 10 + ["creeping", "high", "run_low", "few"]
    data = RATES.filter(pl.col("payer") == "shaho").with_columns(signal=pl.Series(signals))
    svg = display.svg(charts.trend(data, "rate", signal="signal").to_dict())
    assert [svg.count(f">{sign}<") for sign in "▲△▼"] == [1, 1, 1]
    quiet = data.with_columns(signal=pl.lit("usual"))
    svg = display.svg(charts.trend(quiet, "rate", signal="signal").to_dict())
    assert not any(sign in svg for sign in "▲△▼")


def test_trends_stand_below_one_another_with_their_names() -> None:
    chart = charts.trends(RATES, "rate", "payer", breaks=BREAKS)
    assert [part.title.text for part in chart.vconcat] == ["社保", "国保"]
    svg = display.svg(chart.to_dict())
    assert svg.count(">① 診療報酬改定<") == 1 and svg.count(">①<") == 2
    assert charts.trends(RATES.clear(), "rate", "payer") is None


def test_columns_carry_breaks_and_an_incomplete_end_as_lines_do() -> None:
    chart = charts.stacked(BY_MONTH, "month", "returns", "category", breaks=BREAKS, incomplete=MONTHS[-1])
    svg = display.svg(chart.to_dict())
    assert svg.count(">① 診療報酬改定<") == svg.count(">①<") == 1 and "範囲の外" not in svg
    assert svg.count(">未確定<") == 1


def test_breaks_of_one_month_have_one_name_and_none_stands_on_the_axis() -> None:
    breaks = pl.DataFrame({"month": [MONTHS[0], MONTHS[1], MONTHS[1]], "label_ja": ["最初", "甲", "乙"]})
    for chart in (
        charts.trend(RATES.filter(payer="shaho"), "rate", breaks=breaks),
        charts.stacked(BY_MONTH, "month", "returns", "category", breaks=breaks),
    ):
        svg = display.svg(chart.to_dict())
        assert svg.count(">① 甲・乙<") == svg.count(">①<") == 1 and "最初" not in svg


def test_a_payer_has_its_colour_in_every_form_of_chart() -> None:
    rates = RATES.with_columns(low=pl.col("rate") / 2, high=pl.col("rate") * 2, returns=pl.lit(3))
    one_each = rates.unique("payer", maintain_order=True).with_columns(setting=pl.lit("外来"))
    drawn = {
        "trend": charts.trend(rates, "rate", series="payer"),
        "trends": charts.trends(rates, "rate", "payer"),
        "bars": charts.bars(one_each, ["payer", "setting"], "rate"),
        "intervals": charts.intervals(
            one_each, "setting", "rate", "low", "high", group="payer", count="returns"
        ),
    }
    for form, chart in drawn.items():
        svg = display.svg(chart.to_dict()).lower()
        for payer in ("社保", "国保"):
            assert palette.PAYERS[payer].lower() in svg, (form, payer)


def test_a_month_without_its_files_is_marked_in_lines_and_columns() -> None:
    for chart in (
        charts.trend(RATES.filter(payer="shaho"), "rate", missing=[MONTHS[2], date(2020, 1, 1)]),
        charts.stacked(BY_MONTH, "month", "returns", "category", missing=[MONTHS[2], date(2020, 1, 1)]),
    ):
        assert display.svg(chart.to_dict()).count(">未取込<") == 1


def test_bars_are_read_against_a_line() -> None:
    data = pl.DataFrame({"category": ["資格関係"], "rate": [0.5], "by_chance": [0.4]})
    spec = charts.bars(data, "category", "rate", against="by_chance").to_dict()
    (tick,) = [layer for layer in spec["layer"] if layer["mark"]["type"] == "tick"]
    assert tick["encoding"]["x"]["field"] == "by_chance"


def test_columns_need_not_be_months() -> None:
    data = pl.DataFrame({"age": ["1か月", "2か月"], "payer": ["shaho", "shaho"], "returns": [3, 4]})
    assert charts.stacked(data, "age", "returns", "payer").to_dict()["mark"]["type"] == "bar"
