"""Large claim files for measuring: realistic sizes (about 2.4 kB and 40 lines a receipt), invented content."""

from __future__ import annotations

from pathlib import Path

LINES = (
    "RE,{n},1112,202608,架空　{given}{n},{sex},19{year}0115,,,,,,,{n:07d},,,,,,,,,,,,,,,,,,,,,,,カクウ{n},",
    "HO,06139999,９９９,{n},1,{points},,,,,,,,,",
    "SN,1,01,,,,00,,",
    "JD,1,,,,,,,,1,,,,,,,,,,,,,,,,,,,,,,,",
    "MF,00,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,",
    *["SY,0000999,20260408,1,,架空傷病名,01,"] * 3,
    *["SI,{section},1,111000110,,{points},1,,,,,,,,,,,,,,1,,,,,,,,,,,,,,,,,,,,,,,"] * 32,
)


def receipt(n: int) -> bytes:
    """One receipt as CP932 lines."""
    values = {"n": n, "given": "一二三四五六七八九十"[n % 10], "sex": 1 + n % 2, "year": 30 + n % 60}
    values |= {"points": 100 + n % 5000, "section": 11 + n % 3}
    return "".join(line.format(**values) + "\r\n" for line in LINES).encode("cp932")


def write(path: Path, first: int, receipts: int, month: str = "202609", payer: int = 1) -> int:
    """A claim file of `receipts` receipts numbered from `first`; returns its size in bytes."""
    with path.open("wb") as file:
        file.write(f"IR,{payer},13,1,9912345,,架空医院,{month},00,\r\n".encode("cp932"))
        points = 0
        for n in range(first, first + receipts):
            file.write(receipt(n))
            points += 100 + n % 5000
        file.write(f"GO,{receipts},{points},99\r\n\x1a".encode("cp932"))
    return path.stat().st_size
