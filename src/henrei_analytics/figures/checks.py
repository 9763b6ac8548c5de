"""Sums that must agree: every breakdown of a page adds up to the total beside it.

Run on the figures a report has computed; checks whose figures are not among them are left out.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import polars as pl

from henrei_analytics.figures.figure import Figure


class Check(NamedTuple):
    """One comparison of two sums; `check` names both sides, `expected` is the total."""

    check: str
    expected: int
    got: int

    @property
    def ok(self) -> bool:
        return self.expected == self.got


Frames = Mapping[str, pl.DataFrame]


def _sum(column: str, **where: object) -> Callable[[pl.DataFrame], int]:
    """The sum of a column over the rows in which each named column equals the given value."""

    def total(frame: pl.DataFrame) -> int:
        for name, value in where.items():
            frame = frame.filter(pl.col(name) == value)
        return int(frame[column].sum())

    return total


def _cells(column: str, period: str) -> Callable[[pl.DataFrame], int]:
    """The sum of payer_comparison over single payers and settings, without its own total rows."""
    return lambda frame: _sum(column)(
        frame.filter((pl.col("period") == period) & (pl.col("payer") != "all") & (pl.col("setting") != "all"))
    )


def _trend_month(column: str) -> Callable[[Frames], int]:
    return lambda frames: _sum(column, month=frames["headline"]["month"][0])(frames["reasons_trend"])


def _of(figure: str, total: Callable[[pl.DataFrame], int]) -> Callable[[Frames], int]:
    return lambda frames: total(frames[figure])


def _month_sides(column: str) -> dict[str, Callable[[Frames], int]]:
    sides = {
        "reasons_by_category": _of("reasons_by_category", _sum(column, period="month")),
        "reasons_by_payer_setting": _of("reasons_by_payer_setting", _sum(column, period="month")),
        "payer_comparison": _of("payer_comparison", _cells(column, "month")),
        "reasons_trend": _trend_month(column),
    }
    if column == "returns":
        by_month = ("by_insurer", "by_law_number", "by_prefecture", "category_by_payer")
        sides |= {name: _of(name, _sum("returns_month")) for name in by_month}
        sides["reason_changes"] = _of("reason_changes", _sum("returns"))
    return sides


def _window_sides(column: str) -> dict[str, Callable[[Frames], int]]:
    return {
        "reasons_by_category": _of("reasons_by_category", _sum(column, period="window")),
        "reasons_by_payer_setting": _of("reasons_by_payer_setting", _sum(column, period="window")),
        "payer_comparison": _of("payer_comparison", _cells(column, "window")),
        **{
            name: _of(name, _sum(column))
            for name in (
                "reasons_trend",
                "by_law_number",
                "by_insurer",
                "by_prefecture",
                "reason_by_insurer",
                "reason_by_department",
                "rounds",
                "audit_cells",
            )
        },
    } | ({"category_by_payer": _of("category_by_payer", _sum("returns"))} if column == "returns" else {})


def _open_sides(column: str) -> dict[str, Callable[[Frames], int]]:
    rows = _of("worklist", len if column == "returns" else _sum(column))
    others = {name: _of(name, _sum(column)) for name in ("open_by_age", "worklist_by_owner")}
    return {"worklist": rows, **others}


def check_sums(figures: Mapping[str, Figure]) -> list[Check]:
    """Compares every breakdown that is there with the total of the same kind.

    The month's total and the open returns come from `headline`. The window has no headline of its
    own, so the first breakdown that was computed stands for the total of the others.
    """
    frames = {name: figure.data for name, figure in figures.items()}
    checks: list[Check] = []
    for column in ("returns", "points"):
        for period, total, sides in (
            ("month", column, _month_sides(column)),
            ("open", f"open_{column}", _open_sides(column)),
        ):
            if "headline" in frames:
                expected = _of("headline", _sum(total))
                checks += _compare(frames, f"{period} {column}", "headline", expected, sides)
        sides = {name: side for name, side in _window_sides(column).items() if name in frames}
        if sides:
            first = next(iter(sides))
            checks += _compare(frames, f"window {column}", first, sides.pop(first), sides)
    checks += _journeys_add_up(frames)
    checks += _payers_add_up(frames)
    checks += _groups_add_up(frames)
    checks += _cuts_add_up(frames)
    return checks


def _journeys_add_up(frames: Frames) -> Iterable[Check]:
    """Money, corrections and chains of the window = the totals that stand on other pages."""
    for name, column, whole, total, side in (
        ("cash_expected", "yen", "headline", _sum("open_yen"), _open_cash),
        ("corrections_by_reason", "numerator", "re_return_rate", _sum("numerator", payer="all"), None),
        ("corrections_by_reason", "denominator", "re_return_rate", _sum("denominator", payer="all"), None),
        ("journey_outcomes", "journeys", "rounds", _sum("returns", round=1), _sum("journeys")),
        ("chains", "returns", "rounds", _later_rounds, _sum("returns")),
    ):
        if whole in frames:
            sides = {name: _of(name, side or _sum(column, part="category"))}
            yield from _compare(frames, f"window {column}", whole, _of(whole, total), sides)
    for part in ("cell", "category", "payer"):
        if "delay_cost" in frames:
            frame = frames["delay_cost"]
            totals = [_sum("yen_months", part=each)(frame) for each in ("total", part)]
            yield Check(f"window yen_months: {part} = total in delay_cost", *totals)


def _open_cash(frame: pl.DataFrame) -> int:
    states = ("next_window", "to_download", "no_file", "too_late")
    return sum(_sum("yen", cash_state=state)(frame) for state in states)


def _later_rounds(frame: pl.DataFrame) -> int:
    return int(frame.filter(pl.col("round") > 1)["returns"].sum())


def _compare(
    frames: Frames,
    what: str,
    whole: str,
    expected: Callable[[Frames], int],
    sides: Mapping[str, Callable[[Frames], int]],
) -> Iterable[Check]:
    for name, side in sides.items():
        if name in frames:
            yield Check(f"{what}: {name} = {whole}", expected(frames), side(frames))


ADJUSTMENT_BREAKDOWNS = (
    "adjustments_by_letter",
    "adjustments_by_section",
    "adjustments_items",
    "adjustments_by_department",
    "adjustments_by_setting",
    "adjustments_by_insurer",
)


def _cuts_add_up(frames: Frames) -> Iterable[Check]:
    """Every breakdown of the cuts = the month's headline and the window's trend."""
    for column in ("cuts", "cut_points"):
        if "adjustments_headline" in frames:
            expected = _of("adjustments_headline", _sum(column, payer="all"))
            sides = {name: _of(name, _sum(f"{column}_month")) for name in ADJUSTMENT_BREAKDOWNS}
            yield from _compare(frames, f"month {column}", "adjustments_headline", expected, sides)
        if "adjustments_trend" in frames:
            expected = _of("adjustments_trend", _sum(column, payer="all"))
            sides = {name: _of(name, _sum(column)) for name in ADJUSTMENT_BREAKDOWNS} | {
                "adjustments_restored": _of("adjustments_restored", _sum(column, payer="all"))
            }
            yield from _compare(frames, f"window {column}", "adjustments_trend", expected, sides)


def _groups_add_up(frames: Frames) -> Iterable[Check]:
    """Each way to divide the returns watched for their re-claim holds all of them."""
    if {"turnaround_by_group", "turnaround_summary"} <= frames.keys():
        expected = _of("turnaround_summary", _sum("returns", payer="all"))
        for breakdown in frames["turnaround_by_group"]["breakdown"].unique(maintain_order=True):
            side = _of("turnaround_by_group", _sum("returns", breakdown=breakdown))
            yield from _compare(
                frames,
                f"returns by {breakdown}",
                "turnaround_summary",
                expected,
                {"turnaround_by_group": side},
            )


def _known_for_all(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Without the months in which the column is empty for all payers together."""
    if "month" not in frame.columns:
        return frame
    known = frame.filter((pl.col("payer") == "all") & pl.col(column).is_not_null())
    return frame.join(known.select("month"), on="month", how="semi")


def _payers_add_up(frames: Frames) -> Iterable[Check]:
    """社保 + 国保 = all, in the figures that show all three; months that are not known for all are left out."""
    for name, column in (
        ("rate_by_month", "numerator"),
        ("turnaround_summary", "returns"),
        ("re_return_rate", "resubmissions"),
        ("first_pass_yield", "denominator"),
        ("settled_share", "resubmissions"),
        ("adjustments_headline", "cut_points"),
        ("adjustments_trend", "cut_points"),
        ("adjustments_trend", "restored_points"),
        ("adjustments_restored", "restored_points"),
        ("adjustments_restored", "requests"),
    ):
        if name in frames:
            frame = _known_for_all(frames[name], column)
            whole = _sum(column, payer="all")(frame)
            yield Check(f"{column}: shaho + kokuho = all in {name}", whole, _sum(column)(frame) - whole)
