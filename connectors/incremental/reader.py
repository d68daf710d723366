"""What a connector gives the engine: an opened source with one reader per raw table. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from connectors.incremental.table import Batch, Cursor, Key, RawTable


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether a source has a table of the retail model.

    Attributes:
        is_available: Whether it can be filled.
        note: Where it comes from, or what is missing and what to do about it, in plain words.
    """

    is_available: bool
    note: str


class TableReader(Protocol):
    """Reads one table. Methods raise `SourceError` naming the source, the table and what to do.

    A `whole` table only needs `read`; a `keyed` one the others.
    """

    @property
    def table(self) -> RawTable:
        """What is read."""

    def read(self) -> Iterator[Batch]:
        """Every row, in batches that replace `Everything` (the engine joins them). Only for `whole` tables."""

    def watermark(self) -> Cursor | None:
        """Where changes must be read from once everything that exists now has been read; None for an empty table.

        In the source's own clock, and never ahead of it, so that a row with a date in the future moves nothing.
        """

    def count(self) -> int | None:
        """Rows in the source now, by a cheap request: for the estimate, and to notice deletions. None: not cheap."""

    def first_load(self, after: Key | None) -> Iterator[Batch]:
        """Rows in order of key, those above `after`; each batch with `reached` and a `KeyRange` that it fills."""

    def changes(self, since: Cursor | None, *, is_deep: bool) -> Iterator[Batch]:
        """Rows that changed since the cursor, with an overlap; a much wider one when `is_deep` (once a day)."""

    def keys(self) -> Iterator[pa.Table] | None:
        """The key columns of every row, to find what was deleted or missed; None where the source cannot tell."""

    def by_keys(self, keys: pa.Table) -> Iterator[Batch]:
        """The rows with these keys (columns of the key), which the warehouse lacks."""


class ReadWhole:
    """What a reader of a `whole` table answers to the questions about keys and changes: nothing."""

    __slots__ = ()

    def watermark(self) -> Cursor | None:
        """None: it is read whole."""
        return None

    def count(self) -> int | None:
        """None: reading it counts it."""
        return None

    def first_load(self, after: Key | None) -> Iterator[Batch]:  # noqa: ARG002 (the protocol's)
        """Nothing: it is read whole."""
        return iter(())

    def changes(self, since: Cursor | None, *, is_deep: bool) -> Iterator[Batch]:  # noqa: ARG002
        """Nothing: it is read whole."""
        return iter(())

    def keys(self) -> Iterator[pa.Table] | None:
        """None: what is gone is not among what is read."""
        return None

    def by_keys(self, keys: pa.Table) -> Iterator[Batch]:  # noqa: ARG002
        """Nothing: it is read whole."""
        return iter(())


class Source(Protocol):
    """A source that is logged in to and has been looked at."""

    @property
    def readers(self) -> Sequence[TableReader]:
        """One per raw table, in reading order: lines and payments before the documents that they belong to."""

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """What it has, one entry for every table of `incremental.RETAIL_TABLES`."""

    def close(self) -> None:
        """Log out and close connections."""
