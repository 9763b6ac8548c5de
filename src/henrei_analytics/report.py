"""The monthly reports: notebooks × institutions × months → pages, figures.json and an index.

    out/index.html · out/definitions.html · out/figures.json (this run)
    out/<institution>/<YYYY-MM>/<notebook>.html · figures.json, if asked for brief.pdf · report.pdf · tables.xlsx

A page is written whole or not at all, and a failed one leaves no older page of its name behind.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import nbformat

from henrei_analytics import __version__, figures, files, labels, site
from henrei_analytics.definitions_page import DEFINITIONS, definitions_html
from henrei_analytics.disclosure import Edition
from henrei_analytics.disclosure.edition import shareable_notebooks
from henrei_analytics.disclosure.folder import check_folder
from henrei_analytics.disclosure.handling import Handling
from henrei_analytics.disclosure.names import InstitutionNames
from henrei_analytics.errors import HenreiError
from henrei_analytics.execute import Failure, execute
from henrei_analytics.figures import BrokenFigure, OwnFigures, Scope, read_own_figures
from henrei_analytics.figures.checks import check_sums
from henrei_analytics.figures.own import folder_of
from henrei_analytics.notebook import EDITION, INSTITUTION_NAME, month_label
from henrei_analytics.notebook_files import Source, shipped_files, shipped_folder, with_own
from henrei_analytics.offices import Institution, institutions
from henrei_analytics.outputs.cover import Cover
from henrei_analytics.outputs.formats import Formats, write_formats
from henrei_analytics.pages import NOT_MADE, WITHHELD, Link, Page, Provenance, page_html, read_page
from henrei_analytics.pages.search import search_entries
from henrei_analytics.shareable_office import published_outputs, shows_figures
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.database import schema_version

Progress = Callable[[str, int, int], None]
Executed = nbformat.NotebookNode | Failure


@dataclass
class ReportResult:
    """The pages written, and in words what could not be made or did not add up."""

    pages: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)  # pages that could not be made
    differences: list[str] = field(default_factory=list)  # sums of pages that were made
    own_problems: list[str] = field(default_factory=list)  # notebooks and figures of the office's own
    format_problems: list[str] = field(default_factory=list)  # PDFs and workbooks that could not be made


@dataclass(frozen=True)
class Job:
    """One institution in one month."""

    institution: Institution
    scope: Scope
    handling: Handling = Handling()

    @property
    def key(self) -> tuple[str, str]:
        return self.handling.folder(self.scope.institution), f"{self.scope.month:%Y-%m}"

    @property
    def title(self) -> str:
        return self.handling.title(self.scope.institution, self.institution.title)

    @property
    def label(self) -> str:
        return f"{self.title} {self.key[1]}"


def run(
    database: Path,
    *,
    institutions: list[str] | None = None,
    months: list[date] | None = None,
    as_of: date,
    out: Path,
    months_back: int = 24,
    notebooks: Path | None = None,
    progress: Progress | None = None,
    jobs: int | None = None,
    edition: Edition = Edition.INTERNAL,
    institution_names: InstitutionNames = InstitutionNames.HIDE,
    formats: Formats = Formats(),  # noqa: B008
) -> ReportResult:
    """Make every page asked for. Raises HenreiError when nothing can be made; single failures are in the result."""
    sources, own_problems = _sources(shipped_files(notebooks or shipped_folder()), database, edition)
    check_folder(out, edition)
    try:
        files.make_folder(out)
    except OSError as error:
        raise HenreiError(
            f"{out} に書けません（{type(error).__name__}）。別のフォルダーを指定してください。"
        ) from None
    with connect(database) as con:
        known = _known(con)
        handling = Handling.of(edition, institution_names, known)
        wanted = _jobs(known, institutions, months, as_of, months_back, handling)
        own = OwnFigures() if handling.is_shareable else read_own_figures(folder_of(database))
        result = ReportResult(own_problems=own_problems + _broken_figures(con, wanted[0].scope, own))
        formats, result.format_problems = formats.possible()
        executed = _execute_all(database, sources, wanted, jobs or os.cpu_count() or 1, progress)
        numbers: dict[str, dict[str, dict[str, object]]] = {}
        for job in wanted:
            shown = _write_month(
                con, job, {source: executed[job, source.path] for source in sources}, out, result, formats
            )
            numbers.setdefault(job.key[0], {})[job.key[1]] = shown
            if not handling.is_shareable:
                result.differences += _sums_that_differ(con, job)
    about = {"edition": edition, "rule": handling.rule} if handling.is_shareable else {}
    site.link_months(out, [job.key for job in wanted])
    files.write_json(out / site.FIGURES, numbers | about)
    files.write_text(out / DEFINITIONS, definitions_html(own.known))
    told = [] if handling.is_shareable else result.failures + result.own_problems + result.differences
    files.write_text(out / "index.html", site.index(out, told, handling.tag, handling.rule))
    return result


def _sources(shipped: Sequence[Path], database: Path, edition: Edition) -> tuple[list[Source], list[str]]:
    """The notebooks of an edition. What the office wrote itself can say anything, so it stays inside."""
    if edition is Edition.SHAREABLE:
        wanted = shareable_notebooks()
        return [Source(path) for path in shipped if path.stem in wanted], []
    return with_own(shipped, database)


def _known(con: duckdb.DuckDBPyConnection) -> dict[str, Institution]:
    known = {each.code: each for each in institutions(con)}
    if not known:
        raise HenreiError("データベースに請求も返戻もありません。先に henrei load で取り込んでください。")
    return known


def _jobs(
    known: Mapping[str, Institution],
    codes: list[str] | None,
    months: list[date] | None,
    as_of: date,
    months_back: int,
    handling: Handling,
) -> list[Job]:
    """Institution × month, in order. An institution without data in a month asked for has no job in it."""
    if unknown := [code for code in codes or [] if code not in known]:
        raise HenreiError(
            f"医療機関「{'、'.join(unknown)}」のデータはありません。あるもの: {'、'.join(known)}。"
        )
    chosen = [known[code] for code in sorted(codes or known)]
    jobs = [
        Job(each, Scope(each.code, month, as_of, months_back), handling)
        for each in chosen
        for month in (months or [each.newest_month(as_of)])
        if month in each.months
    ]
    if not jobs:
        asked = "、".join(labels.month(month) for month in months or [])
        first, last = min(each.months[0] for each in chosen), max(each.months[-1] for each in chosen)
        raise HenreiError(f"{asked}のデータはありません。あるのは {first:%Y-%m} から {last:%Y-%m} です。")
    return jobs


def _execute_all(
    database: Path, sources: Sequence[Source], jobs: Sequence[Job], workers: int, progress: Progress | None
) -> dict[tuple[Job, Path], Executed]:
    """Run every notebook of every job. Threads suffice: the work is done in the kernels, processes of their own."""
    done: dict[tuple[Job, Path], Executed] = {}
    total = len(jobs) * len(sources)
    with ThreadPoolExecutor(workers) as pool:
        running = {
            pool.submit(execute, source.path, _parameters(database, job), _environment(job)): (
                job,
                source.path,
            )
            for job in jobs
            for source in sources
        }
        for finished in as_completed(running):
            done[running[finished]] = finished.result()
            if progress:
                progress("報告書", len(done), total)
    return done


def _parameters(database: Path, job: Job) -> dict[str, str | int]:
    return {
        "database": str(database.absolute()),
        "institution": job.scope.institution,
        "month": f"{job.scope.month:%Y-%m}",
        "as_of": job.scope.as_of.isoformat(),
        "months_back": job.scope.months_back,
    }


def _about(job: Job) -> dict[str, object]:
    """What a shareable file of numbers says of itself; pools of several institutions read it."""
    if not job.handling.is_shareable:
        return {}
    return {
        "edition": job.handling.edition,
        "rule": job.handling.rule,
        "month": f"{job.scope.month:%Y-%m}",
        "as_of": job.scope.as_of.isoformat(),
        "months_back": job.scope.months_back,
    }


def _environment(job: Job) -> dict[str, str]:
    return {EDITION: job.handling.edition, INSTITUTION_NAME: job.title}


def _write_month(
    con: duckdb.DuckDBPyConnection,
    job: Job,
    executed: dict[Source, Executed],
    out: Path,
    result: ReportResult,
    formats: Formats,
) -> dict[str, object]:
    """Write the pages of one month; returns the numbers they show, by notebook."""
    folder = out.joinpath(*job.key)
    notebooks = [_made(job, source, outcome) for source, outcome in executed.items()]
    for each in notebooks:
        if each.failure:
            result.failures.append(f"{job.label} {each.failure}")
            (folder / f"{each.name}.html").unlink(missing_ok=True)
    pages = {each.name: each.page for each in notebooks if each.page}
    provenance = _provenance(con, job)
    for name, page in pages.items():
        path = folder / f"{name}.html"
        links = [each.link(name) for each in notebooks]
        files.write_text(path, page_html(page, job.title, links, provenance, job.handling.rule))
        result.pages.append(path)
    failed = write_formats(formats, pages, _cover(job, provenance), folder)
    result.format_problems += [f"{job.label} {each}" for each in failed]
    shown = {name: page.figures for name, page in pages.items()}
    month = {
        "office": job.title,
        "label": month_label(job.scope.month),
        "titles": {each.name: each.title for each in notebooks},
        "missing": {each.name: each.missing for each in notebooks if each.missing},
        "figures": shown,
        "search": search_entries(pages),
        **_about(job),
    }
    files.write_json(folder / site.FIGURES, month)
    return shown


@dataclass(frozen=True)
class Made:
    """What became of a notebook: its page, or why there is none."""

    name: str
    title: str
    page: Page | None
    missing: str = ""
    failure: Failure | None = None

    def link(self, current: str) -> Link:
        """The way from the page named to this one."""
        href = f"{self.name}.html" if self.page else None
        return Link(self.title, href, self.name == current, missing=self.missing)


def _made(job: Job, source: Source, outcome: Executed) -> Made:
    if isinstance(outcome, Failure):
        return Made(source.name, source.name, None, NOT_MADE, outcome)
    shown = published_outputs(outcome) if job.handling.is_shareable else outcome
    page = read_page(_noted(shown, source), source.name)
    if job.handling.is_shareable and not shows_figures(shown):
        return Made(source.name, page.title, None, WITHHELD)  # it would only say what it does not show
    return Made(source.name, page.title, page)


def _cover(job: Job, provenance: Provenance) -> Cover:
    return Cover(
        job.title,
        month_label(job.scope.month),
        job.scope.as_of,
        job.handling.tag,
        provenance.version,
        provenance.parameters,
        provenance.files,
    )


def _noted(notebook: nbformat.NotebookNode, source: Source) -> nbformat.NotebookNode:
    """A page that is not the shipped one says so below its title."""
    if source.note:
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(source.note))
    return notebook


def _broken_figures(con: duckdb.DuckDBPyConnection, scope: Scope, own: OwnFigures) -> list[str]:
    """What is wrong with the own figures, also with those that no page shows."""
    told = list(own.problems.values())
    for name in own.declarations:
        try:
            figures.compute(con, scope, name, own.known)
        except BrokenFigure as error:
            told.append(str(error))
    return [f"自院の図 {each}" for each in told]


def _provenance(con: duckdb.DuckDBPyConnection, job: Job) -> Provenance:
    """The files the numbers of this page were read from."""
    rows = con.execute(
        """
        SELECT name, file_id, kind
        FROM mart.files
        WHERE institution = ? AND status = 'loaded' AND month BETWEEN ? AND ?
        ORDER BY month DESC, name, file_id
        """,
        [job.scope.institution, job.scope.first_month, job.scope.as_of],
    ).fetchall()
    code = labels.institution(job.scope.institution)
    parameters = (
        ("医療機関", job.handling.title(job.scope.institution, code)),
        ("処理年月", job.key[1]),
        ("基準日", job.scope.as_of.isoformat()),
        ("期間", f"{job.scope.months_back}か月"),
    )
    sources = [(name, file_id[:12]) for name, file_id, _ in rows]
    if job.handling.is_shareable:
        kinds = Counter(kind for _, _, kind in rows)
        sources = [(labels.code("kind", kind), f"{count}件") for kind, count in sorted(kinds.items())]
    version = f"{__version__}（データベースの版 {schema_version(con)}）"
    return Provenance(parameters, version, sources, by_kind=job.handling.is_shareable)


def _sums_that_differ(con: duckdb.DuckDBPyConnection, job: Job) -> list[str]:
    checks = check_sums(figures.compute_many(con, job.scope, figures.definitions()))
    return [
        f"{job.label} {check.check}: {check.expected:,} と {check.got:,}" for check in checks if not check.ok
    ]
