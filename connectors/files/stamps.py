"""Sizes and times of files at their last load, so that a file that looks the same need not be read to be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import duckdb

from connectors.files.discover import FoundFile, Known

_NANOSECONDS: Final = 1_000_000_000
_UNSETTLED: Final = 2 * _NANOSECONDS
"""A file that changed less than this before it was looked at may change again without its time showing it."""


def known_contents(connection: duckdb.DuckDBPyConnection, schema: str, existing: Mapping[str, frozenset[str]]) -> Known:
    """What files held when they were loaded, by name and stamp."""
    if "stamp" not in existing.get("loads", ()):
        return {}
    rows = connection.execute(f"SELECT file, stamp, fingerprint FROM {schema}.loads WHERE stamp <> ''").fetchall()
    return {(file, _parsed(stamp)): fingerprint.rpartition(":")[0] for file, stamp, fingerprint in rows}


def as_text(stamp: tuple[int, int], looked_at: int) -> str:
    """A stamp for `loads`; empty where it could belong to another content as well.

    Args:
        stamp: Size and time of the last change.
        looked_at: Moment before that was asked, in nanoseconds.
    """
    size, changed_at = stamp
    return f"{size}:{changed_at}" if changed_at < looked_at - _UNSETTLED else ""


def note_stamps(
    connection: duckdb.DuckDBPyConnection, schema: str, files: Iterable[FoundFile], known: Known, looked_at: int
) -> None:
    """Keep the stamps of files that were touched since their load and hold what they held."""
    touched = [file for file in files if (file.name, file.stamp) not in known and as_text(file.stamp, looked_at)]
    if touched:
        connection.executemany(
            f"UPDATE {schema}.loads SET stamp = $1"
            " WHERE file = $2 AND starts_with(fingerprint, $3) AND stamp IS DISTINCT FROM $1",
            [(as_text(file.stamp, looked_at), file.name, f"{file.content}:") for file in touched],
        )


def _parsed(stamp: str) -> tuple[int, int]:
    size, changed_at = stamp.split(":")
    return int(size), int(changed_at)
