"""The monthly reports: notebooks × institutions × months → pages, figures.json and an index.

    out/index.html · out/figures.json (this run)
    out/<institution>/<YYYY-MM>/<notebook>.html · figures.json

A page is written whole or not at all, and a failed one leaves no older page of its name behind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb
import nbformat

from henrei_analytics import __version__, figures, labels, output
from henrei_analytics.errors import HenreiError
from henrei_analytics.execute import Failure, execute
from henrei_analytics.figures import Scope
from henrei_analytics.figures.checks import check_sums
from henrei_analytics.notebook import month_label
from henrei_analytics.offices import Institution, institutions
from henrei_analytics.pages import Link, Page, Provenance, page_html, read_page
from henrei_analytics.warehouse import connect

Progress = Callable[[str, int, int], None]
Executed = nbformat.NotebookNode | Failure


@dataclass
class ReportResult:
    """The pages written, and in words what could not be made or did not add up."""

    pages: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)  # pages that could not be made
    differences: list[str] = field(default_factory=list)  # sums of pages that were made


@dataclass(frozen=True)
class Job:
    """One institution in one month."""

    institution: Institution
    scope: Scope

    @property
    def key(self) -> tuple[str, str]:
        return self.scope.institution, f"{self.scope.month:%Y-%m}"

    @property
    def label(self) -> str:
        return f"{self.institution.title} {self.key[1]}"


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
) -> ReportResult:
    """Make every page asked for. Raises HenreiError when nothing can be made; single failures are in the result."""
    sources = notebook_files(notebooks or notebooks_folder())
    try:
        output.make_folder(out)
    except OSError as error:
        raise HenreiError(
            f"{out} に書けません（{type(error).__name__}）。別のフォルダーを指定してください。"
        ) from None
    with connect(database) as con:
        wanted = _jobs(con, institutions, months, as_of, months_back)
        result = ReportResult()
        executed = _execute_all(database, sources, wanted, jobs or os.cpu_count() or 1, progress)
        numbers: dict[str, dict[str, dict[str, object]]] = {}
        for job in wanted:
            shown = _write_month(con, job, {path.stem: executed[job, path] for path in sources}, out, result)
            numbers.setdefault(job.key[0], {})[job.key[1]] = shown
            result.differences += _sums_that_differ(con, job)
    output.write_json(out / output.FIGURES, numbers)
    output.write_text(out / "index.html", output.index(out, result.failures + result.differences))
    return result


def notebooks_folder() -> Path:
    """The notebooks of this installation: the repository's, or those packed into a wheel."""
    packed = Path(str(resources.files(__package__))) / "_notebooks"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "notebooks"


def notebook_files(folder: Path) -> list[Path]:
    """The report notebooks of a folder: names that start with two digits, in their order."""
    found = sorted(path for path in folder.glob("[0-9][0-9]*.ipynb") if _is_report(path))
    if not found:
        raise HenreiError(f"{folder} に報告用のノートブック（00_….ipynb）がありません。")
    return found


def _is_report(path: Path) -> bool:
    """A notebook can stay out of the reports: metadata `henrei: {"report": false}`."""
    return nbformat.read(path, as_version=4).metadata.get("henrei", {}).get("report", True)


def _jobs(
    con: duckdb.DuckDBPyConnection,
    codes: list[str] | None,
    months: list[date] | None,
    as_of: date,
    months_back: int,
) -> list[Job]:
    """Institution × month, in order. An institution without data in a month asked for has no job in it."""
    known = {each.code: each for each in institutions(con)}
    if not known:
        raise HenreiError("データベースに請求も返戻もありません。先に henrei load で取り込んでください。")
    if unknown := [code for code in codes or [] if code not in known]:
        raise HenreiError(
            f"医療機関「{'、'.join(unknown)}」のデータはありません。あるもの: {'、'.join(known)}。"
        )
    chosen = [known[code] for code in sorted(codes or known)]
    jobs = [
        Job(each, Scope(each.code, month, as_of, months_back))
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
    database: Path, sources: Sequence[Path], jobs: Sequence[Job], workers: int, progress: Progress | None
) -> dict[tuple[Job, Path], Executed]:
    """Run every notebook of every job. Threads suffice: the work is done in the kernels, processes of their own."""
    done: dict[tuple[Job, Path], Executed] = {}
    total = len(jobs) * len(sources)
    with ThreadPoolExecutor(workers) as pool:
        running = {
            pool.submit(execute, path, _parameters(database, job)): (job, path)
            for job in jobs
            for path in sources
        }
        for finished in as_completed(running):
            done[running[finished]] = finished.result()
            if progress:
                progress("報告書", len(done), total)
    return done


def _parameters(database: Path, job: Job) -> dict[str, str | int]:
    return {
        "database": str(database.resolve()),
        "institution": job.scope.institution,
        "month": f"{job.scope.month:%Y-%m}",
        "as_of": job.scope.as_of.isoformat(),
        "months_back": job.scope.months_back,
    }


def _write_month(
    con: duckdb.DuckDBPyConnection, job: Job, executed: dict[str, Executed], out: Path, result: ReportResult
) -> dict[str, object]:
    """Write the pages of one month; returns the numbers they show, by notebook."""
    folder = out.joinpath(*job.key)
    pages: dict[str, Page | None] = {}
    for name, outcome in executed.items():
        if isinstance(outcome, Failure):
            result.failures.append(f"{job.label} {outcome}")
            (folder / f"{name}.html").unlink(missing_ok=True)
        pages[name] = None if isinstance(outcome, Failure) else read_page(outcome, name)
    titles = {name: page.title if page else name for name, page in pages.items()}
    provenance = _provenance(con, job)
    for name, page in pages.items():
        if page is None:
            continue
        links = [Link(titles[each], f"{each}.html" if pages[each] else None, each == name) for each in pages]
        path = folder / f"{name}.html"
        output.write_text(path, page_html(page, job.institution.title, links, provenance))
        result.pages.append(path)
    shown = {name: page.figures for name, page in pages.items() if page}
    month = {
        "office": job.institution.title,
        "label": month_label(job.scope.month),
        "titles": titles,
        "figures": shown,
    }
    output.write_json(folder / output.FIGURES, month)
    return shown


def _provenance(con: duckdb.DuckDBPyConnection, job: Job) -> Provenance:
    """The files the numbers of this page were read from."""
    rows = con.execute(
        """
        SELECT name, file_id
        FROM mart.files
        WHERE institution = ? AND status = 'loaded' AND month BETWEEN ? AND ?
        ORDER BY month DESC, name, file_id
        """,
        [job.scope.institution, job.scope.first_month, job.scope.as_of],
    ).fetchall()
    parameters = (
        ("医療機関", labels.institution(job.scope.institution)),
        ("処理年月", job.key[1]),
        ("基準日", job.scope.as_of.isoformat()),
        ("期間", f"{job.scope.months_back}か月"),
    )
    return Provenance(parameters, __version__, [(name, file_id[:12]) for name, file_id in rows])


def _sums_that_differ(con: duckdb.DuckDBPyConnection, job: Job) -> list[str]:
    checks = check_sums(figures.compute_many(con, job.scope, figures.definitions()))
    return [
        f"{job.label} {check.check}: {check.expected:,} と {check.got:,}" for check in checks if not check.ok
    ]
