"""Which Japanese font there is to write a PDF with."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

FOLDERS_VARIABLE = "HENREI_FONTS"  # folders to look in as well, parted as in PATH

FAMILIES = (
    "BIZ UDPGothic",
    "BIZ UDGothic",
    "Yu Gothic UI",
    "Yu Gothic",
    "Meiryo",
    "Hiragino Sans",
    "Hiragino Kaku Gothic ProN",
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "IPAexGothic",
    "IPAPGothic",
    "IPAGothic",
    "TakaoPGothic",
    "VL PGothic",
    "MS PGothic",
    "MS Gothic",
)
"""Best first: made for reading numbers and small print, with a bold cut."""

NO_FONT = (
    "日本語のフォントが見つからないため、PDFを作れません。BIZ UDゴシック（Ubuntu・Debian は fonts-morisawa-bizud-gothic）、"
    "Noto Sans CJK JP（fonts-noto-cjk）、IPAexゴシック（fonts-ipaexfont）のどれかを入れて、もう一度実行してください。"
    "フォントのあるフォルダーは環境変数 HENREI_FONTS でも指定できます。"
)


def folders() -> list[Path]:
    """Folders that the system's own list of fonts may leave out: those named by the user, and a user's own."""
    named = [Path(each) for each in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if each]
    home = Path.home()
    usual = [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path("/Library/Fonts"),
        Path("/System/Library/Fonts"),
        home / ".fonts",
        home / ".local/share/fonts",
        home / "Library/Fonts",
        Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
        Path(os.environ.get("LOCALAPPDATA", home)) / "Microsoft/Windows/Fonts",
    ]
    return [*named, *(each for each in usual if each.is_dir())]


@cache
def all_fonts() -> Any:
    """Every font of this machine, as the typesetter knows them; looked for once."""
    import typst

    return typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(each) for each in folders()]
    )


def japanese_font(families: list[str]) -> str | None:
    """The best Japanese font among these."""
    known = {each.casefold(): each for each in families}
    return next((known[each.casefold()] for each in FAMILIES if each.casefold() in known), None)
