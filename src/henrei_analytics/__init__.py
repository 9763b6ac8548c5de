"""henrei-analytics: what came back, why, and what became of it (レセプト返戻の分析)."""

__version__ = "0.1.0"
