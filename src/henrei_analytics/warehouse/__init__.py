"""The DuckDB database: ledger (what was read), core (typed facts), mart (what people query)."""

from henrei_analytics.warehouse.database import connect

__all__ = ["connect"]
