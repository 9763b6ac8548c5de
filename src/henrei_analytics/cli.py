"""The command line. Commands only: they check what was asked, call the package and say what came of it.

Exit codes: 0 done · 1 done with something quarantined, out of balance or failed (said what) · 2 wrong use.
"""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from henrei_analytics import __version__, summary
from henrei_analytics.errors import HenreiError

DEFAULT_DATABASE = Path("data/henrei.duckdb")
_Choice = TypeVar("_Choice", bound=StrEnum)

app = typer.Typer(
    help="レセプト返戻の取込みと月次報告。困ったときは henrei status から。",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Database = Annotated[Path, typer.Option(help="データベースのファイル", envvar="HENREI_DATABASE")]
AsOf = Annotated[str, typer.Option(help="基準日 YYYY-MM-DD（省略すると今日）")]


@app.command(epilog="例: henrei load C:\\receipt\\2026-10 --database data/henrei.duckdb")
def load(
    paths: Annotated[list[Path], typer.Argument(help="ファイル、フォルダー、zip（いくつでも）")],
    database: Database = DEFAULT_DATABASE,
) -> None:
    """請求・返戻のファイルを取り込む。同じ内容を何度取り込んでも結果は変わりません。"""
    from henrei_analytics.warehouse import connect
    from henrei_analytics.warehouse.load import load as load_files

    with _Bar() as bar:
        result = load_files(paths, database, progress=bar.step)
    con = connect(database)
    try:
        lines, in_order = summary.load_summary(con, result)
    finally:
        con.close()
    _say(lines)
    raise typer.Exit(0 if in_order else 1)


@app.command(epilog="例: henrei unload 2026-10/社保/RECEIPTC.UKE")
def unload(
    file: Annotated[str, typer.Argument(help="ファイルのパス、一覧の名前、またはファイルIDの先頭8文字以上")],
    database: Database = DEFAULT_DATABASE,
) -> None:
    """取り消した送信など、取り込んだファイルを外す。そのファイルを指定して load すれば戻ります。"""
    from henrei_analytics.warehouse.load import unload as unload_file

    names = unload_file(file, database)
    _say(["取り込みを取り下げました。", *(f"  {name}" for name in names)])


@app.command(epilog="例: henrei report --month 2026-09 --as-of 2026-10-31 --out reports")
def report(
    database: Database = DEFAULT_DATABASE,
    institution: Annotated[str, typer.Option(help="医療機関コード10桁（省略するとすべて）")] = "",
    month: Annotated[str, typer.Option(help="処理年月 YYYY-MM（省略すると最新の月）")] = "",
    as_of: AsOf = "",
    out: Annotated[Path, typer.Option(help="報告書を書くフォルダー")] = Path("reports"),
    months_back: Annotated[int, typer.Option(help="推移に使う月数", min=1, max=120)] = 24,
    edition: Annotated[
        str,
        typer.Option(
            help="internal（院内用）か shareable（外部提供用。10件未満を伏せ、患者を指すものを除く）"
        ),
    ] = "internal",
    institution_names: Annotated[
        str, typer.Option(help="外部提供用の版で医療機関の名前を: hide（医療機関A、B…とする）か show")
    ] = "hide",
    pdf: Annotated[
        bool,
        typer.Option(
            "--pdf", help="PDFも作る（brief.pdf と report.pdf。pip install 'henrei-analytics[pdf]' が必要）"
        ),
    ] = False,
    excel: Annotated[bool, typer.Option("--excel", help="すべての表のExcelも作る（tables.xlsx）")] = False,
) -> None:
    """月次報告（HTML）を作る。"""
    from henrei_analytics import report as reports
    from henrei_analytics.disclosure import Edition
    from henrei_analytics.disclosure.names import InstitutionNames
    from henrei_analytics.outputs.formats import Formats

    day = _day(as_of)
    chosen = _choice(edition, Edition, "--edition")
    naming = _choice(institution_names, InstitutionNames, "--institution-names")
    with _Bar() as bar:
        result = reports.run(
            database,
            institutions=[institution] if institution else None,
            months=[_month(month)] if month else None,
            as_of=day,
            out=out,
            months_back=months_back,
            progress=bar.step,
            edition=chosen,
            institution_names=naming,
            formats=Formats(pdf=pdf, excel=excel),
        )
    lines = [f"報告書 {len(result.pages)}ページを作りました: {out / 'index.html'}"]
    lines += [f"  作れなかったページ: {failure}" for failure in result.failures]
    lines += [f"  作れなかった形式: {problem}" for problem in result.format_problems]
    lines += [f"  直すところ: {problem}" for problem in result.own_problems]
    lines += [f"  ページの間で数字が合いません: {difference}" for difference in result.differences]
    _say(lines)
    problems = result.failures + result.format_problems + result.own_problems + result.differences
    raise typer.Exit(1 if problems else 0)


@app.command(epilog="例: henrei pool 施設1 施設2 施設3 --out 合算")
def pool(
    paths: Annotated[
        list[Path],
        typer.Argument(help="外部提供用の版のフォルダー、またはその中の figures.json（いくつでも）"),
    ],
    out: Annotated[Path, typer.Option(help="合算（CSV と HTML）を書くフォルダー")] = Path("pool"),
) -> None:
    """外部提供用の版（henrei report --edition shareable）を3施設以上集めて合算する。"""
    from henrei_analytics.disclosure.pool import pool as add_up
    from henrei_analytics.disclosure.pool_files import write_pool

    pooled = add_up(paths)
    written = write_pool(pooled, out)
    _say(
        [
            f"{pooled.institutions}施設のうち{pooled.group}施設を合算しました（{len(pooled.rows):,}行）: "
            f"{'、'.join(map(str, written))}",
            f"  その全施設が公表していないため示さない数 {pooled.left_out:,}、施設が伏せている数 {pooled.hidden:,}",
        ]
    )


@app.command(epilog="例: henrei status --database data/henrei.duckdb")
def status(database: Database = DEFAULT_DATABASE, as_of: AsOf = "") -> None:
    """取り込んだもの、再請求していない返戻、確かめることを表示する。"""
    from henrei_analytics.status import status_lines
    from henrei_analytics.warehouse import connect

    day = _day(as_of)
    con = connect(database, as_of=day)
    try:
        lines, in_order = status_lines(con, day)
    finally:
        con.close()
    _say(lines)
    raise typer.Exit(0 if in_order else 1)


@app.command(epilog="例: henrei check --as-of 2026-10-31")
def check(
    database: Database = DEFAULT_DATABASE,
    institution: Annotated[str, typer.Option(help="医療機関コード10桁（省略するとすべて）")] = "",
    as_of: AsOf = "",
) -> None:
    """取り込んだデータを検査し、不合格のものと直し方を表示する。不合格があれば終了コード 1。"""
    from henrei_analytics.checks.texts import check_lines
    from henrei_analytics.warehouse import connect

    day = _day(as_of)
    con = connect(database, as_of=day)
    try:
        lines, in_order = check_lines(con, day, institution)
    finally:
        con.close()
    _say(lines)
    raise typer.Exit(0 if in_order else 1)


@app.command(epilog="例: henrei worklist --out 作業一覧.xlsx")
def worklist(
    database: Database = DEFAULT_DATABASE,
    institution: Annotated[str, typer.Option(help="医療機関コード10桁（省略するとすべて）")] = "",
    as_of: AsOf = "",
    out: Annotated[
        Path | None,
        typer.Option(help="書くファイル（.xlsx）。省略すると今のフォルダーの worklist-基準日.xlsx"),
    ] = None,
) -> None:
    """再請求していない返戻の作業一覧（Excel）を作る。記入して保存したら henrei load で取り込めます。"""
    from henrei_analytics.warehouse import connect
    from henrei_analytics.worklist.export import write_worklist
    from henrei_analytics.worklist.items import worklist as find_items

    day = _day(as_of)
    path = out or Path(f"worklist-{day.isoformat()}.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise HenreiError(f"{path.name}: 作業一覧のファイル名は .xlsx で終わる名前にしてください。")
    con = connect(database, as_of=day)
    try:
        found = find_items(con, institution)
    finally:
        con.close()
    write_worklist(found, path)
    _say([f"作業一覧を作りました: {path}", *(f"  {line}" for line in summary.worklist_lines(found))])


@app.command("declare-empty", epilog="例: henrei declare-empty hen 国保 2026-08")
def declare_empty(
    kind: Annotated[str, typer.Argument(help="ファイルの種類（hen、sah、henr、zogn など）")],
    payer: Annotated[str, typer.Argument(help="社保 か 国保")],
    months: Annotated[list[str], typer.Argument(help="処理年月 YYYY-MM（いくつでも）")],
    institution: Annotated[str, typer.Option(help="医療機関コード10桁（1つだけなら省略できます）")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="記録を取り消す")] = False,
    database: Database = DEFAULT_DATABASE,
) -> None:
    """何も届かなかった月を記録する。「未取込」から除きます。"""
    from henrei_analytics.warehouse.declare import declare_empty as declare

    said = declare(
        database, kind, payer, [_month(each) for each in months], institution, today=date.today(), undo=undo
    )
    _say([said])


@app.command(epilog="例: henrei export --out data/export --tables returns,claim_volume")
def export(
    out: Annotated[Path, typer.Option(help="書き出すフォルダー（空か、前の書出しのあるもの）")],
    file_format: Annotated[str, typer.Option("--format", help="csv（Excelで開ける）か parquet")] = "csv",
    tables: Annotated[str, typer.Option(help="表の名前（, で区切る。省略するとすべて）")] = "",
    without_identifiers: Annotated[
        bool,
        typer.Option("--without-identifiers", help="カルテ番号・患者キー・検索番号・メモ・入力者などを除く"),
    ] = False,
    verbatim: Annotated[
        bool,
        typer.Option("--verbatim", help="CSVで、式に見える文字（= + - @ で始まるもの）に ' を付けない"),
    ] = False,
    database: Database = DEFAULT_DATABASE,
    as_of: AsOf = "",
) -> None:
    """集計のもとになる表（mart）をCSVかParquetに書き出す。"""
    from henrei_analytics.outputs import export as exports

    made = exports.export(
        database,
        out,
        as_of=_day(as_of),
        file_format=file_format,
        tables=[each.strip() for each in tables.split(",") if each.strip()],
        without_identifiers=without_identifiers,
        verbatim=verbatim,
    )
    warning = exports.STILL_ROWS if without_identifiers else exports.PATIENT_DATA
    _say([f"{len(made)}つの表を書き出しました: {out}", *(f"  {each.file} {each.rows:,}行" for each in made)])
    _say([f"注意: {warning}"])


@app.command(epilog="例: henrei demo --out data/demo --seed 1")
def demo(
    out: Annotated[Path, typer.Option(help="書き出すフォルダー")] = Path("data/demo"),
    seed: Annotated[int, typer.Option(help="同じ数なら同じファイルになります")] = 1,
    noise: Annotated[
        bool,
        typer.Option(
            "--noise",
            help="実際の現場のように乱れたファイルにする（検索番号なし・保険者や氏名の訂正・紙の返戻・ファイルの紛失など）",
        ),
    ] = False,
) -> None:
    """架空の医療機関2つの請求・返戻ファイルを作る（実在の人・機関ではありません）。"""
    from henrei_analytics.demo import write_demo

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise HenreiError(
            f"{out} は空のフォルダーではありません。空のフォルダーか、新しいフォルダーを指定してください。"
        )
    made = write_demo(out, seed=seed, noise=noise)
    said = "検索番号のない再請求、訂正された氏名や保険者、紙の返戻、なくしたファイルなどを混ぜました。本当のことは truth.json にあります。"
    _say(
        [
            f"架空の医療機関のファイルを作りました: {made.out}",
            f"  {made.files:,}ファイル（{made.megabytes:.0f} MB）、レセプト {made.claims:,}件、返戻 {made.returns:,}件",
            *([f"  {said}"] if noise else []),
            f"  この世界の今日は {made.as_of.isoformat()} です（henrei report --as-of {made.as_of.isoformat()}）。",
        ]
    )


@app.command(epilog="例: henrei lab --database data/henrei.duckdb")
def lab(database: Database = DEFAULT_DATABASE) -> None:
    """ノートブックを JupyterLab で開く（別途 pip install 'henrei-analytics[lab]' が必要）。"""
    from henrei_analytics.lab import open_lab

    raise typer.Exit(open_lab(database))


codes = typer.Typer(
    help="コード表を見る、確かめる、自院の行で上書きする（データベースの隣の codes フォルダーの CSV）。",
    epilog="例: henrei codes show reason_codes --code L3129",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(codes, name="codes")


@codes.callback()
def _codes(context: typer.Context, database: Database = DEFAULT_DATABASE) -> None:
    if context.invoked_subcommand is None:
        codes_list(database)
    elif context.get_parameter_source("database").name == "COMMANDLINE":  # it would be ignored without a word
        raise HenreiError(f"--database は {context.invoked_subcommand} のあとに書いてください。")


@codes.command("list", epilog="例: henrei codes list --database data/henrei.duckdb")
def codes_list(database: Database = DEFAULT_DATABASE) -> None:
    """コード表の一覧。標準の行数、自院の行数、自院のファイル。"""
    from henrei_analytics import code_texts
    from henrei_analytics.warehouse.own_codes import folder_of

    _say(code_texts.list_lines(folder_of(database)))


@codes.command("show", epilog="例: henrei codes show reason_codes --code L3129 --payer 社保")
def codes_show(
    table: Annotated[str, typer.Argument(help="表の名前（henrei codes list に出るもの）")],
    code: Annotated[str, typer.Option(help="このコードの行だけ")] = "",
    payer: Annotated[str, typer.Option(help="社保 か 国保 の行だけ")] = "",
    database: Database = DEFAULT_DATABASE,
) -> None:
    """表の行を、出典と期間、自院・標準・上書き済みの別をつけて表示する。"""
    from henrei_analytics import code_texts
    from henrei_analytics.warehouse.own_codes import folder_of

    _say(code_texts.show_lines(table, folder_of(database), code=code, payer=payer))


@codes.command("check", epilog="例: henrei codes check --database data/henrei.duckdb")
def codes_check(database: Database = DEFAULT_DATABASE) -> None:
    """自院のコード表に誤りがないか確かめる。誤りがあれば終了コード 1。"""
    from henrei_analytics import code_texts
    from henrei_analytics.warehouse.own_codes import folder_of

    lines, in_order = code_texts.check_lines(folder_of(database))
    _say(lines)
    raise typer.Exit(0 if in_order else 1)


@codes.command("unmapped", epilog="例: henrei codes unmapped --out data/codes/reason_codes-2026-10.csv")
def codes_unmapped(
    out: Annotated[
        Path | None, typer.Option(help="分類を書き込むための CSV をここに作る（codes フォルダーでもよい）")
    ] = None,
    database: Database = DEFAULT_DATABASE,
) -> None:
    """コード表にないコードと、その件数。返戻の文は表示しません。"""
    from henrei_analytics import code_texts
    from henrei_analytics.warehouse import connect
    from henrei_analytics.warehouse.own_codes import folder_of
    from henrei_analytics.warehouse.unmapped import unmapped, write_template

    con = connect(database)
    try:
        lines, found = code_texts.unmapped_lines(con), unmapped(con)
    finally:
        con.close()
    if out:
        own = folder_of(database)
        lines += code_texts.template_lines(out, write_template(found, out, own), own)
    _say(lines)


@codes.command("apply", epilog="例: henrei codes apply --database data/henrei.duckdb")
def codes_apply(database: Database = DEFAULT_DATABASE) -> None:
    """変えたコード表を、取込みを待たずに今のデータベースで使う。"""
    from henrei_analytics import code_texts
    from henrei_analytics.warehouse import connect
    from henrei_analytics.warehouse.rebuild import apply_codes

    apply_codes(database)
    con = connect(database)
    try:
        lines = ["コード表を使って集計表を作り直しました。", *code_texts.unclassified_lines(con)]
    finally:
        con.close()
    _say(lines)


@app.command(epilog="例: henrei template paper-returns --out 紙の返戻.xlsx")
def template(
    kind: Annotated[
        str,
        typer.Argument(help="paper-returns（紙の返戻）、claim-volumes（請求件数）、actions（取組）のどれか"),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="書くファイル（.xlsx。請求件数は .csv も）。省略すると今のフォルダーへ"),
    ] = None,
) -> None:
    """手で記入する入力表を作る。記入して保存したら henrei load で取り込めます。"""
    from henrei_analytics.lists.forms import write_form

    _say(
        [
            f"入力表を作りました: {write_form(kind, out)}",
            "  記入して保存し、henrei load で取り込んでください。",
        ]
    )


mapping = typer.Typer(
    help="ほかのシステムの一覧（CSV・Excel）の読み方を書いた対応表。",
    epilog="例: henrei mapping new 返戻一覧.csv",
    no_args_is_help=True,
)
app.add_typer(mapping, name="mapping")


@mapping.callback()
def _mapping() -> None:
    pass


@mapping.command("new", epilog="例: henrei mapping new 返戻一覧.csv --out data/mappings/返戻一覧.toml")
def new_mapping(
    file: Annotated[Path, typer.Argument(help="見本にする一覧（CSVかxlsx）")],
    out: Annotated[
        Path | None, typer.Option(help="書く対応表。省略するとデータベースの隣の mappings フォルダーへ")
    ] = None,
    database: Database = DEFAULT_DATABASE,
) -> None:
    """見本の見出しと値から対応表の案を作る。足りない所は埋めてから使います。"""
    from henrei_analytics.lists.forms import write_mapping

    _say(write_mapping(file, out, database))


new = typer.Typer(
    help="自院のノートブックや図を作る（データベースの隣の notebooks と figures フォルダーへ）。",
    epilog="例: henrei new notebook our_reasons --title 自院の返戻の理由",
    no_args_is_help=True,
)
app.add_typer(new, name="new")


@new.callback()
def _new() -> None:
    pass


@new.command("notebook", epilog="例: henrei new notebook our_reasons --title 自院の返戻の理由")
def new_notebook(
    name: Annotated[
        str,
        typer.Argument(
            help="名前（小文字・数字・_）。標準のページの名前（10_monthly_brief など）なら、その写し"
        ),
    ],
    title: Annotated[str, typer.Option(help="ページの題")] = "",
    database: Database = DEFAULT_DATABASE,
) -> None:
    """自院のページのもとになるノートブックを書く。henrei report で、標準のページと並んで報告に入ります。"""
    from henrei_analytics.new import new_notebook as write

    path = write(database, name, title)
    _say(
        [
            f"ノートブックを作りました: {path}",
            "  henrei lab で開いて書きかえてください。henrei report を実行すると報告に入ります。",
        ]
    )


@new.command("figure", epilog="例: henrei new figure our_reasons --title 自院の返戻の理由")
def new_figure(
    name: Annotated[str, typer.Argument(help="名前（小文字・数字・_）")],
    title: Annotated[str, typer.Option(help="図の題")] = "",
    database: Database = DEFAULT_DATABASE,
) -> None:
    """自院の図の説明（TOML）と計算式（SQL）を書く。"""
    from henrei_analytics.new import new_figure as write

    paths = write(database, name, date.today(), title)
    _say(
        [
            *(f"図を作りました: {path}" for path in paths),
            f'  ノートブックに office.show("{name}") と書くと表示されます。',
        ]
    )


def _version(show: bool) -> None:
    if show:
        typer.echo(f"henrei-analytics {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版を表示")
    ] = False,
) -> None:
    pass


class _Bar:
    """A progress bar on a terminal; silent where nobody watches (schedulers, pipes)."""

    def __enter__(self) -> _Bar:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._progress.start()
        self._tasks: dict[str, int] = {}
        return self

    def step(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise HenreiError(
            f"基準日「{text}」は YYYY-MM-DD の形の日付ではありません（例: 2026-10-31）。"
        ) from None


def _choice(text: str, choices: type[_Choice], option: str) -> _Choice:
    try:
        return choices(text)
    except ValueError:
        raise HenreiError(f"{option} は {' か '.join(choices)} のどれかです。") from None


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        raise HenreiError(f"月「{text}」は YYYY-MM の形の年月ではありません（例: 2026-09）。") from None


def _say(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)


def main() -> None:
    """Entry point: errors of ours end in one sentence; others in their kind only, since texts may hold data."""
    os.umask(0o077)  # whatever a command writes, DuckDB's working files included, is for this user alone
    for stream in (sys.stdout, sys.stderr):
        if stream:  # none where no console is (pythonw)
            stream.reconfigure(errors="replace")  # consoles in CP932 cannot show every character
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except typer.Abort:
        typer.echo("中断しました。取り込んだデータは変わっていません。", err=True)
        sys.exit(1)
    except HenreiError as error:
        typer.echo(f"エラー: {error}", err=True)
        sys.exit(error.exit_code)
    except Exception as error:
        if hasattr(error, "format_message"):  # wrong use, told by the parser of the command line
            said = error.format_message()  # without any argument it is the help itself
            wrong = f"使い方が違います: {said}\n使い方は henrei --help で表示します。"
            typer.echo(said if said.startswith("Usage") else wrong, err=True)
            sys.exit(2)
        if os.environ.get("HENREI_DEBUG"):
            raise
        typer.echo(
            f"エラー: 予期しない問題で止まりました（{type(error).__name__}）。取込みは全部終わったか、何も変わっていないかのどちらかです（henrei status で確かめられます）。"
            "開発者に伝えるときは、環境変数 HENREI_DEBUG=1 をつけて再実行した表示を（患者の情報を消してから）送ってください。",
            err=True,
        )
        sys.exit(1)
