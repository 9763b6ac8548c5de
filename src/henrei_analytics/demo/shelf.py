"""Where the office puts its files, and the list of what was put there."""

from __future__ import annotations

import calendar
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .months import yyyymm
from .story import StreamKey
from .world import HOSPITAL, PAYER_LABEL, Institution, Payer


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What a file says, for the truth; a list of the office's own may be of no payer and no month."""

    name: str
    path: str
    kind: str
    payer: Payer | None
    institution: str
    month: int | None
    lines: int
    receipts: int
    control_count: int | None
    control_points: int | None
    copy_of: str | None = None


class Stream(NamedTuple):
    """One institution's dealings with one payer in one month."""

    institution: Institution
    payer: Payer
    month: int

    @property
    def key(self) -> StreamKey:
        return self.institution.code, self.payer, self.month


class Shelf:
    """Writes bytes with their file times and remembers what they were."""

    def __init__(self, out: Path) -> None:
        self.files: list[WrittenFile] = []
        self.ignored: list[str] = []
        """Files that no reader should take into account."""
        self.bytes = 0
        self._out = out

    def home(self, institution: Institution) -> Path:
        """Where everything of an institution lies."""
        return self._out / institution.name

    def folder(self, stream: Stream) -> Path:
        """Each institution keeps its files in its own way."""
        home = self.home(stream.institution)
        month = yyyymm(stream.month)
        label = PAYER_LABEL[stream.payer]
        if stream.institution is HOSPITAL:
            return home / f"{month}_{label}"
        return home / f"{month[:4]}-{month[4:]}" / label

    def put(self, path: Path, content: bytes, month: int, day: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        time = calendar.timegm((month // 12, month % 12 + 1, day, 9, 0, 0))
        os.utime(path, (time, time))
        self.bytes += len(content)

    def name_of(self, path: Path) -> str:
        """A path as the truth writes it."""
        return path.relative_to(self._out).as_posix()

    def ignore(self, path: Path) -> None:
        """Remember a file that must not count."""
        self.ignored.append(self.name_of(path))

    def note(
        self,
        stream: Stream,
        path: Path,
        kind: str,
        lines: int,
        receipts: int,
        control: tuple[int | None, int | None] = (None, None),
        copy_of: Path | None = None,
    ) -> None:
        """Remember a file that counts, or a copy of one."""
        self.files.append(
            WrittenFile(
                name=path.name,
                path=self.name_of(path),
                kind=kind,
                payer=stream.payer,
                institution=stream.institution.code,
                month=stream.month,
                lines=lines,
                receipts=receipts,
                control_count=control[0],
                control_points=control[1],
                copy_of=self.name_of(copy_of) if copy_of else None,
            )
        )

    def note_list(self, institution: Institution, path: Path, kind: str, lines: int) -> None:
        """Remember a list of the office's own that holds no receipts."""
        self.files.append(
            WrittenFile(
                name=path.name,
                path=self.name_of(path),
                kind=kind,
                payer=None,
                institution=institution.code,
                month=None,
                lines=lines,
                receipts=0,
                control_count=None,
                control_points=None,
            )
        )


def copy_path(path: Path) -> Path:
    """The name a browser gives to a second download."""
    return path.with_name(f"{path.stem} (1){path.suffix}")


def encode(lines: list[str], newline: str = "\r\n") -> bytes:
    return (newline.join(lines) + newline).encode("cp932")
