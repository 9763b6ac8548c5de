"""Where files come from: single files, folders of any shape, and zip archives, each opened only when read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
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
    named: bool = False  # given by itself, not found in a folder


def find(paths: Iterable[Path]) -> Iterator[Source]:
    """All files below the given paths in a stable order; archives are opened one level deep.

    Hidden files and the leftovers of desktop systems are passed over. Raises HenreiError for a path that does
    not exist.
    """
    for path in paths:
        if not path.exists():
            raise HenreiError(f"{path} が見つかりません。パスを確かめてください。")
        if path.is_dir():
            for file in sorted(
                p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path))
            ):
                yield from _file(file, file.relative_to(path.parent).as_posix())
        else:
            yield from (replace(source, named=True) for source in _file(path, path.name))


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX", "~$")) for part in path.parts)


def _file(path: Path, name: str) -> Iterator[Source]:
    if path.suffix.lower() == ".zip":
        try:
            members = _members(path)
        except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
            yield _whole(path, name, lambda error=error: _fail(error))
        else:
            yield from (_member(path, name, each) for each in members)
    else:
        yield _whole(path, name, lambda: path.open("rb"))


def _whole(path: Path, name: str, opened: Callable[[], BinaryIO]) -> Source:
    stat = path.stat()
    return Source(name, str(path.resolve()), datetime.fromtimestamp(int(stat.st_mtime)), stat.st_size, opened)


def _fail(error: Exception) -> BinaryIO:
    raise error


def _members(path: Path) -> list[zipfile.ZipInfo]:
    with _archive(path) as archive:
        return [m for m in archive.infolist() if not m.is_dir() and not _hidden(Path(m.filename))]


def _member(path: Path, name: str, member: zipfile.ZipInfo) -> Source:
    inside = f"/{member.filename}"
    place = str(path.resolve()) + inside
    return Source(name + inside, place, _time(member), member.file_size, lambda: _Member(path, member))


def _archive(path: Path) -> zipfile.ZipFile:
    """Names without the UTF-8 mark are UTF-8 all the same (macOS) or CP932 (Windows); the last choice fits any."""
    for encoding in ("utf-8", "cp932"):
        try:
            return zipfile.ZipFile(path, metadata_encoding=encoding)
        except UnicodeDecodeError:
            pass
    return zipfile.ZipFile(path)


def _time(member: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*member.date_time)
    except ValueError:  # archives made by some programs carry month 0
        return datetime(1980, 1, 1)


class _Member:
    """A member of an archive that closes its archive with itself."""

    def __init__(self, path: Path, member: zipfile.ZipInfo) -> None:
        self._archive = _archive(path)
        try:
            self._stream = self._archive.open(member)
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
