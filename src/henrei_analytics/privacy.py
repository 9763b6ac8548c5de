"""Keyed hashes stand for people. The key lies beside the database; names never enter the database itself.

A patient is known by name, sex and birth date within one institution. The hash (BLAKE2b with a 32-byte key,
RFC 7693) cannot be undone or re-computed without the key. If the key file is lost, the database stays readable,
but new files can no longer be tied to the patients already in it: rebuild the database from the files.
"""

from __future__ import annotations

import os
import secrets
from hashlib import blake2b
from pathlib import Path

import polars as pl

from henrei_analytics.errors import HenreiError

KEY_BYTES = 32


def key_path(database: Path) -> Path:
    """The key file of a database: `henrei.duckdb` → `henrei.duckdb.key`."""
    return database.with_name(database.name + ".key")


def load_or_create_key(database: Path, *, has_patients: bool) -> bytes:
    """Read the key, or make one (mode 0600) at first use.

    Raises HenreiError when the database already holds patients but the key is gone or damaged: a new key would
    silently turn every known patient into a stranger.
    """
    path = key_path(database)
    if path.exists():
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise HenreiError(f"鍵ファイル {path.name} が壊れています。バックアップから戻してください。")
        return key
    if has_patients:
        raise HenreiError(
            f"鍵ファイル {path.name} が見つかりません。バックアップから戻してください。戻せないときは、"
            "データベースを別名にして、元のファイルから新しく取り込み直してください（患者の突合は鍵ごとに変わるため）。"
        )
    key = secrets.token_bytes(KEY_BYTES)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return key


class Pseudonyms:
    """Makes the keys of patients and names, the same for the same person and institution."""

    def __init__(self, key: bytes) -> None:
        self._keyed = blake2b(
            key=key, digest_size=16
        )  # copied for each person: half the cost of keying it anew

    def of(self, parts: pl.DataFrame) -> pl.Series:
        """One hash per row of string columns; NULL where the first column is NULL."""
        others = [pl.col(name).fill_null("") for name in parts.columns[1:]]
        people = parts.select(
            pl.concat_str(pl.first(), *others, separator="\x1f").cast(pl.Binary)
        ).to_series()
        hashes = [None if person is None else self._hash(person) for person in people.to_list()]
        return pl.Series(hashes, dtype=pl.String)

    def _hash(self, person: bytes) -> str:
        state = self._keyed.copy()
        state.update(person)
        return state.hexdigest()
