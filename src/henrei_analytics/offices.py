"""Which institutions and months a database holds, and which of them a report is about when nobody says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from henrei_analytics import labels


@dataclass(frozen=True)
class Institution:
    """One institution with the processing months it has claims or returns of, oldest first."""

    code: str
    name: str
    months: tuple[date, ...]
    returned: tuple[date, ...] = ()
    """Those of the months that a return file or notice was loaded for."""

    @property
    def title(self) -> str:
        return f"{self.name} {labels.institution(self.code)}"

    def newest_month(self, as_of: date) -> date:
        """The newest month whose returns have arrived at as_of, else the newest month there is.

        Returns of processing month M arrive in M+1. Claims run ahead of them, so a month counts as arrived when
        one of its return files is loaded.
        """
        arrived = [month for month in self.returned if month < as_of.replace(day=1)]
        return (arrived or self.returned or self.months)[-1]


def institutions(con: duckdb.DuckDBPyConnection) -> list[Institution]:
    """Every institution with at least one month of claims or returns, by code."""
    rows = con.execute(
        """
        WITH months AS (
            SELECT institution, claim_month AS month, FALSE AS returned FROM mart.claim_volume
            UNION ALL
            SELECT institution, processing_month, TRUE FROM mart.returns
            UNION ALL
            SELECT institution, month, TRUE FROM mart.files
            WHERE kind IN ('hen', 'sah', 'henr', 'paper', 'return_list') AND status IN ('loaded', 'superseded')
        )
        SELECT months.institution, COALESCE(MAX(i.name), '名称不明') AS name, months.month, BOOL_OR(months.returned) AS returned
        FROM months
        LEFT JOIN mart.institutions AS i ON i.institution = months.institution
        WHERE months.institution IS NOT NULL AND months.month IS NOT NULL
        GROUP BY months.institution, months.month
        ORDER BY months.institution, months.month
        """
    ).fetchall()
    found: dict[str, Institution] = {}
    for code, name, month, returned in rows:
        before = found.get(code, Institution(code, name, ()))
        found[code] = Institution(
            code, name, (*before.months, month), (*before.returned, *([month] if returned else ()))
        )
    return list(found.values())
