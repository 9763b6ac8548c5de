"""A folder holds one edition only: it is handed over as it is."""

from __future__ import annotations

import json
from pathlib import Path

from henrei_analytics.disclosure.edition import Edition
from henrei_analytics.errors import HenreiError

FIGURES = "figures.json"


def check_folder(out: Path, edition: Edition) -> None:
    """Raise HenreiError where the pages would lie among others that must not go, or come, with them.

    A shareable report needs an empty folder: pages of another month would let a reader subtract one sum over the
    window from the next, and letters of institutions may have moved.
    """
    if edition is Edition.SHAREABLE and out.is_dir() and any(out.iterdir()):
        raise HenreiError(
            f"{out} は空ではありません。外部提供用の版は、空のフォルダーか新しいフォルダーに作ります"
            "（院内用のページや別の月の版が混ざらないようにするため）。"
        )
    if edition is Edition.INTERNAL and _edition_of(out) is Edition.SHAREABLE:
        raise HenreiError(
            f"{out} には外部提供用の版があります。院内用の報告書は別のフォルダーに作ってください。"
        )


def _edition_of(out: Path) -> Edition:
    try:
        found = json.loads((out / FIGURES).read_text("utf-8"))
    except (OSError, ValueError):
        return Edition.INTERNAL
    shareable = isinstance(found, dict) and found.get("edition") == Edition.SHAREABLE
    return Edition.SHAREABLE if shareable else Edition.INTERNAL
