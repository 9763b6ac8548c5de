"""Codes that occur in returns and that no code table knows: counted, and as a list to fill in.

Only codes and counts: the text of a return may speak of a person and is never read here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb

from henrei_analytics.errors import HenreiError
from henrei_analytics.files import make_folder

TEMPLATE_COLUMNS = (
    "payer", "prefecture", "code_system", "code", "name_ja", "category", "valid_from", "valid_to", "source", "note",
)  # fmt: skip
TEMPLATE_SOURCE = "院内で判断"


@dataclass(frozen=True)
class Unmapped:
    """One code no table knows. The lists of 社保 hold everywhere; for them there is no prefecture."""

    payer: str | None
    prefecture: str | None
    code_system: str | None
    code: str | None  # None: the reason has no code
    is_code: bool  # False: what stands there does not look like a code, so it is not shown
    rows: int
    by_text: int  # rows that a rule on the text classifies; the others are 未分類
    returns: int


# What stands where a code belongs may be anything in a damaged file: only what looks like a code is told apart.
SQL = """
WITH reasons AS (
    SELECT
        returns.payer,
        CASE WHEN returns.payer = 'kokuho' AND returns.institution NOT LIKE '00%'
            THEN SUBSTR(returns.institution, 1, 2) END AS prefecture,
        reasons.code_system,
        CASE WHEN REGEXP_MATCHES(reasons.code, '^[0-9A-Za-z]{1,6}$') THEN reasons.code END AS code,
        reasons.code IS NULL OR REGEXP_MATCHES(reasons.code, '^[0-9A-Za-z]{1,6}$') AS is_code,
        reasons.category_source,
        reasons.return_id
    FROM core.return_reasons AS reasons
    INNER JOIN core.returns AS returns ON returns.return_id = reasons.return_id
    WHERE reasons.category_source <> 'code'
)
SELECT
    payer, prefecture, code_system, code, is_code, COUNT(*),
    COUNT(*) FILTER (WHERE category_source = 'text'), COUNT(DISTINCT return_id)
FROM reasons
GROUP BY payer, prefecture, code_system, code, is_code
ORDER BY COUNT(*) FILTER (WHERE category_source = 'unmapped') DESC, COUNT(*) DESC,
    payer, prefecture NULLS FIRST, code NULLS LAST, code_system NULLS LAST, is_code
"""


def unmapped(con: duckdb.DuckDBPyConnection) -> list[Unmapped]:
    """The codes no table knows, those with most unclassified rows first."""
    return [Unmapped(*row) for row in con.execute(SQL).fetchall()]


def write_template(codes: list[Unmapped], out: Path, own_folder: Path) -> int:
    """Write the codes as own rows of `reason_codes` that only lack their category; the number of rows.

    `own_folder`, where the own tables lie, is made when `out` lies there. Raises HenreiError rather than overwrite a
    list that may be half filled in, or name it there so that the next load could not tell its table.
    """
    rows = [one for one in codes if one.code and one.payer]
    try:
        if out.parent.resolve() == own_folder.resolve():
            if not (out.stem == "reason_codes" or out.stem.startswith("reason_codes-")):
                raise HenreiError(
                    f"{own_folder} に置くファイルの名前は reason_codes-〈何か〉.csv にしてください。"
                )
            make_folder(out.parent)
        # Excel knows UTF-8 by the mark at the beginning, and everything else reads it too.
        with out.open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, TEMPLATE_COLUMNS)
            writer.writeheader()
            writer.writerows(_template_row(one) for one in rows)
    except FileExistsError:
        raise HenreiError(
            f"{out} はもうあります。書きかけを消さないよう、別の名前を指定してください。"
        ) from None
    except OSError:
        raise HenreiError(f"{out} に書けません。フォルダーがあるか確かめてください。") from None
    return len(rows)


def _template_row(one: Unmapped) -> dict[str, str | None]:
    by_text = f"、うち文で分類 {one.by_text}行" if one.by_text else ""
    return {
        "payer": one.payer,
        "prefecture": one.prefecture,
        "code_system": one.code_system,
        "code": one.code,
        "source": TEMPLATE_SOURCE,
        "note": f"{one.rows}行、返戻{one.returns}件{by_text}",
    }
