"""Accidents that happen to files: bytes changed, lost or added, items changed, lines swapped or lost, the end cut off."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from random import Random

FILLINGS = (b"", b",", b"\n", b"\r\n", b"\x1a", b"\0", b"-", b"\xff", b"\x81", "１".encode("cp932"))
VALUES = (b"", b"x", b"-1", b"202613", b"50899", b"9" * 30, b"1.5", b" ", b"\x81", "２９１".encode("cp932"))
END = b"\r\n"


def mutated(random: Random, content: bytes) -> bytes:
    """The file after one to four accidents."""
    for _ in range(random.randint(1, 4)):
        content = random.choice(ACCIDENTS)(random, content)
    return content


def changed_bytes(random: Random, content: bytes) -> bytes:
    """Up to twenty bytes replaced by a few others."""
    start = random.randint(0, len(content))
    end = start + random.randint(0, 20)
    noise = bytes(random.randint(0, 255) for _ in range(random.randint(0, 8)))
    return content[:start] + random.choice([*FILLINGS, noise]) + content[end:]


def cut_off(random: Random, content: bytes) -> bytes:
    """The end is missing."""
    return content[: random.randint(0, len(content))]


def changed_item(random: Random, content: bytes) -> bytes:
    """One item of one line has another value."""
    lines, place = _lines(random, content)
    items = lines[place].split(b",")
    items[random.randint(0, len(items) - 1)] = random.choice(VALUES)
    lines[place] = b",".join(items)
    return END.join(lines)


def lost_or_added_item(random: Random, content: bytes) -> bytes:
    """A comma too few or too many in one line."""
    lines, place = _lines(random, content)
    items = lines[place].split(b",")
    item = random.randint(0, len(items) - 1)
    items[item : item + 1] = [items[item]] * random.choice([0, 2])
    lines[place] = b",".join(items)
    return END.join(lines)


def swapped_lines(random: Random, content: bytes) -> bytes:
    """Two lines in each other's place."""
    lines, one = _lines(random, content)
    other = random.randint(0, len(lines) - 1)
    lines[one], lines[other] = lines[other], lines[one]
    return END.join(lines)


def lost_or_doubled_line(random: Random, content: bytes) -> bytes:
    """One line is missing, or there twice."""
    lines, place = _lines(random, content)
    lines[place : place + 1] = [lines[place]] * random.choice([0, 2])
    return END.join(lines)


def _lines(random: Random, content: bytes) -> tuple[list[bytes], int]:
    """The lines, and one of them."""
    lines = content.split(END)
    return lines, random.randint(0, len(lines) - 1)


ACCIDENTS: tuple[Callable[[Random, bytes], bytes], ...] = (
    changed_bytes, cut_off, changed_item, lost_or_added_item, swapped_lines, lost_or_doubled_line,
)  # fmt: skip


def mutated_archive(random: Random, content: bytes) -> bytes:
    """An archive with accidents inside one of its parts, itself whole."""
    source, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    damaged = random.choice(source.namelist())
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, mutated(random, part) if name == damaged else part)
    return out.getvalue()
