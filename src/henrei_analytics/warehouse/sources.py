"""Where files come from: single files, folders of any shape, and zip archives, each opened only when read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from henrei_analytics.errors import HenreiError

BLOCK = 1 << 20


@dataclass(frozen=True)
class Source:
    """One file to look at. `name` is the path as the user knows it, `place` where it really is; `time` its
    modification time, to the second."""

    name: str
    place: str
    time: datetime
    size: int
    open: Callable[[], BinaryIO]


def find(paths: Iterable[Path]) -> Iterator[Source]:
    """All files below the given paths in a stable order; archives are opened one level deep.

    Hidden files and the leftovers of desktop systems are passed over. Raises HenreiError for a path that does
    not exist.
    """
    for path in paths:
        if not path.exists():
            raise HenreiError(f"{path} が見つかりません。パスを確かめてください。")
        if path.is_dir():
            for file in sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path))):
                yield from _file(file, str(file.relative_to(path.parent)))
        else:
            yield from _file(path, path.name)


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX", "~$")) for part in path.parts)


def _file(path: Path, name: str) -> Iterator[Source]:
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        yield from _members(path, name)
    else:
        stat = path.stat()
        time = datetime.fromtimestamp(int(stat.st_mtime))
        yield Source(name, str(path.resolve()), time, stat.st_size, lambda: path.open("rb"))


def _members(path: Path, name: str) -> Iterator[Source]:
    with zipfile.ZipFile(path, metadata_encoding="cp932") as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not _hidden(Path(m.filename))]
    for member in members:

        def opened(filename: str = member.filename) -> BinaryIO:
            return _Member(path, filename)

        inside = f"/{member.filename}"
        yield Source(name + inside, str(path.resolve()) + inside, _time(member), member.file_size, opened)


def _time(member: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*member.date_time)
    except ValueError:  # archives made by some programs carry month 0
        return datetime(1980, 1, 1)


class _Member:
    """A member of an archive that closes its archive with itself."""

    def __init__(self, path: Path, filename: str) -> None:
        self._archive = zipfile.ZipFile(path, metadata_encoding="cp932")
        try:
            self._stream = self._archive.open(filename)
        except BaseException:
            self._archive.close()
            raise

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._archive.close()


def digest(source: Source) -> str:
    """SHA-256 of the content: the identity of a file, whatever its name."""
    total = sha256()
    with source.open() as stream:
        while block := stream.read(BLOCK):
            total.update(block)
    return total.hexdigest()


def head(source: Source, size: int) -> bytes:
    """The first bytes."""
    with source.open() as stream:
        return stream.read(size)
