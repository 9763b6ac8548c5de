"""What a figure was made from, for the reader: kinds of file and how many, and the time rules it depends on.

Nothing of it is written down a figure: the header of a model names its inputs, and `basis.toml` says which kinds of
file stand behind each view.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import duckdb

from henrei_analytics.figures.declarations import SQL_DIR, Declaration
from henrei_analytics.figures.figure import Basis
from henrei_analytics.figures.scope import Scope

STARTS, YEARS = "limitation_start_months", "limitation_years"
FIRST_DAY, LAST_DAY = "claim_window_first_day", "claim_window_last_day"
PAYERS = {"shaho": "社保は", "kokuho": "国保は", None: ""}


def basis(
    con: duckdb.DuckDBPyConnection, scope: Scope, declaration: Declaration, known: Mapping[str, Declaration]
) -> Basis:
    """The basis of a figure. Reads the shared table `loaded_kinds`, so the scope must be prepared."""
    counted = dict(con.execute("SELECT kind, files FROM loaded_kinds WHERE files > 0").fetchall())
    kinds = [kind for each in kinds_of(declaration, known) for kind in _in_use(con, each)]
    files = [(kind, counted[kind]) for kind in dict.fromkeys(kinds) if kind in counted]
    if kinds == ["all"]:
        files = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    rules = rules_of(declaration, known)
    return Basis(scope.as_of, scope.first_month, tuple(files), _rule_sentences(con, rules) if rules else ())


def _in_use(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    """ "volume" stands for the files the number of claims is taken from."""
    if kind != "volume":
        return [kind]
    rows = con.execute(
        """
        SELECT DISTINCT v.source
        FROM mart.claim_volume AS v
        INNER JOIN scope AS s ON v.institution = s.institution
        WHERE v.claim_month BETWEEN s.first_month AND s.month
        ORDER BY v.source
        """
    ).fetchall()
    return ["volumes" if source == "manual" else source for (source,) in rows]


def inputs_of(sql: str) -> tuple[str, ...]:
    """The relations the header of a model names."""
    header = " ".join(line.removeprefix("--") for line in sql.splitlines() if line.startswith("--"))
    named = re.search(r"\binputs:(.*?)(\brule:|$)", header)
    return tuple(re.findall(r"[a-z_][a-z0-9_.]*", named[1])) if named else ()


def kinds_of(declaration: Declaration, known: Mapping[str, Declaration]) -> tuple[str, ...]:
    """The kinds of file behind a figure, the most telling first; ("all",) where it is about files as such."""
    found = dict.fromkeys(
        kind for each in _parts(declaration, known) for kind in _kinds(each.sql_path.read_text("utf-8"))
    )
    return tuple(kind for kind in found if kind != "all") or tuple(found)


def rules_of(declaration: Declaration, known: Mapping[str, Declaration]) -> tuple[str, ...]:
    """The time rules the rows of a figure depend on."""
    found = {rule for each in _parts(declaration, known) for rule in _rules(each.sql_path.read_text("utf-8"))}
    return tuple(rule for rule in table()["rules"] if rule in found)


@cache
def table() -> dict[str, Any]:
    """`basis.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath("basis.toml").read_text("utf-8"))


def _parts(declaration: Declaration, known: Mapping[str, Declaration]) -> list[Declaration]:
    """The figures with a model that a figure is made of; mostly itself."""
    if not declaration.inputs:
        return [declaration]
    return [part for name in declaration.inputs for part in _parts(known[name], known)]


@cache
def _kinds(sql: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in inputs_of(sql):
        if name in table()["all"]:
            found["all"] = None
        found |= dict.fromkeys(table()["kinds"].get(name, ()))
        found |= dict.fromkeys(_kinds(_shared(name)) if name not in UNCOUNTED else ())
    went_on = table()["went_on"]
    if (
        sql != _shared("known_returns")
        and re.search(rf"\b({went_on['words']})", _body(sql))
        and "hen" in found
    ):
        found |= dict.fromkeys(went_on["kinds"])
    return tuple(found)


UNCOUNTED = ("loaded_kinds", "return_span", "covered_months")
"""Shared models that ask which files there are, not what stands in them."""


@cache
def _rules(sql: str) -> tuple[str, ...]:
    body = _body(sql)
    found = {rule for rule, words in table()["rules"].items() if re.search(rf"\b({words})\b", body)}
    for name in inputs_of(sql):
        # These hand every column on, those a figure never looks at as well.
        found |= set(_rules(_shared(name)) if name not in ("known_returns", "scope") else ())
    return tuple(found)


def _body(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.startswith("--"))


@cache
def _shared(name: str) -> str:
    path = SQL_DIR / "shared" / f"{name}.sql"
    return path.read_text("utf-8") if "." not in name and path.is_file() else ""


def _rule_sentences(con: duckdb.DuckDBPyConnection, rules: tuple[str, ...]) -> tuple[str, ...]:
    rows = con.execute(
        """
        SELECT rule_id, payer, value, valid_to, source
        FROM mart.time_rules
        ORDER BY rule_id, payer DESC NULLS LAST, valid_from DESC NULLS LAST, value
        """
    ).fetchall()
    of_rule: dict[str, list[tuple[Any, ...]]] = {}
    for rule, *rest in rows:
        of_rule.setdefault(rule, []).append(tuple(rest))
    said = [_sentence(rule, of_rule) for rule in rules]
    return tuple(sentence for sentence in said if sentence)


def _sentence(rule: str, of_rule: dict[str, list[tuple[Any, ...]]]) -> str:
    if rule == "limitation":
        starts, years = of_rule.get(STARTS, []), of_rule.get(YEARS, [])
        if not (starts and years):
            return ""
        told = "、".join(f"{PAYERS[payer]}診療月の{value}か月後の1日" for payer, value, *_ in starts)
        now, *before = years
        earlier = "、".join(f"{_until(valid_to)}{value}年" for _, value, valid_to, _ in before)
        right = f"{now[1]}年" + (f"（{earlier}）" if earlier else "")
        return f"請求できるのは、{told}から{right}{_sources(starts + years)}"
    if rule == "claim_window":
        first, last = of_rule.get(FIRST_DAY, []), of_rule.get(LAST_DAY, [])
        if not (first and last):
            return ""
        return f"請求と再請求の受付は毎月{first[0][1]}日から{last[0][1]}日まで{_sources(first + last)}"
    rows = of_rule.get(rule, [])
    if not rows:
        return ""
    value = rows[0][1]
    text = {
        "download_months": f"ダウンロードできるのは返戻の届いた月の{value}か月後の末日まで",
        "settle_after_months": f"再請求から{value}か月のあいだ返戻がなければ決着とみなす",
    }[rule]
    return text + _sources(rows)


def _until(valid_to: Any) -> str:
    return f"{valid_to.year}年{valid_to.month}月までの診療は" if valid_to else ""


def _sources(rows: list[tuple[Any, ...]]) -> str:
    named = dict.fromkeys(source for *_, source in rows if source)
    return f"（出典: {'、'.join(named)}）" if named else ""
