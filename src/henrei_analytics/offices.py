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

    @property
    def title(self) -> str:
        return f"{self.name} {labels.institution(self.code)}"

    def newest_month(self, as_of: date) -> date:
        """The newest month whose returns can have arrived at as_of, else the newest month."""
        # Returns of processing month M arrive in M+1: the month of as_of itself is still open.
        arrived = [month for month in self.months if month < as_of.replace(day=1)]
        return (arrived or self.months)[-1]


def institutions(con: duckdb.DuckDBPyConnection) -> list[Institution]:
    """Every institution with at least one month of claims or returns, by code."""
    rows = con.execute(
        """
        SELECT data.institution, COALESCE(i.name, '名称不明') AS name, data.month
        FROM (
            SELECT institution, claim_month AS month FROM mart.claim_volume
            UNION
            SELECT institution, processing_month FROM mart.returns
        ) AS data
        LEFT JOIN mart.institutions AS i ON i.institution = data.institution
        WHERE data.institution IS NOT NULL AND data.month IS NOT NULL
        ORDER BY data.institution, data.month
        """
    ).fetchall()
    found: dict[str, tuple[str, list[date]]] = {}
    for code, name, month in rows:
        found.setdefault(code, (name, []))[1].append(month)
    return [Institution(code, name, tuple(months)) for code, (name, months) in found.items()]
