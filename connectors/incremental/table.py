"""What a connector declares about a raw table, and the pieces that its rows come in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from connectors.column_types import LogicalType

Key = str | int
"""Value of a table's first key column, by which the first load walks. Keys of one table are all of one type."""

Cursor = str | int
"""Where reading changes goes on: a moment in the source's own clock and text form, or its highest id. Opaque to us."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table of `raw_<source>`, shaped like the source's own.

    Attributes:
        name: Name in the warehouse, such as `pos_order`.
        read_from: What the source calls it, for messages and `loads.file`: `pos.order`, `POS Invoice`, `ospos_sales`.
        feeds: Tables of the retail model that are made from it; the first one is named in `loads`.
        columns: Its columns and their types.
        key: Columns that identify a row; the first load walks in order of the first one.
        strategy: `keyed` is loaded in chunks by key and then by cursor; `whole` is small and read again each time.
        version: Raised when the same source row would give another raw row, so that the table is loaded anew.
        reload_on_rename: Tables to load anew when they name a key that has vanished from this one: the source has
            renamed something, and rewritten the rows that name it without a trace.
    """

    name: str
    read_from: str
    feeds: tuple[str, ...]
    columns: Mapping[str, LogicalType]
    key: tuple[str, ...]
    strategy: Literal["keyed", "whole"] = "keyed"
    version: int = 1
    reload_on_rename: tuple[str, ...] = ()

    def made_from(self, place: str) -> str:
        """Fingerprint of what rows of this table look like and where they come from; a change loads it anew.

        Args:
            place: `SourceConfig.place`.
        """
        parts = [self.name, dict(self.columns), self.key, self.strategy, self.version, place]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ByKey:
    """The rows replace those with the same key."""


@dataclass(frozen=True, slots=True)
class Everything:
    """The rows of this read are the whole table: what is not among them is gone."""


@dataclass(frozen=True, slots=True)
class OfParents:
    """The rows are all rows of these parents: other rows that the warehouse has of them are gone.

    Attributes:
        column: Column that names the parent.
        parents: Values of it.
    """

    column: str
    parents: pa.Array


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The rows are all rows whose `column` lies above `after` (None: from the lowest) up to and with `upto`.

    Attributes:
        column: A column of the table.
        after: Lower end, not included.
        upto: Upper end, included; None means to the highest.
    """

    column: str
    after: Key | None
    upto: Key | None


Replaces = ByKey | Everything | OfParents | KeyRange


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record of the source that cannot be a row. Goes to quarantine.

    Attributes:
        key: Its key as text, as far as known.
        reason: What is wrong, with the column and the value (never a person's contact).
        row_text: The record as text, at most 2,000 characters; empty for tables that hold personal data.
    """

    key: str
    reason: str
    row_text: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as they come from the source, a page or a few.

    Attributes:
        rows: Exactly the columns of the table, in the types of `incremental.rows.arrow_schema`.
        rejected: Records of the same pages that could not be rows.
        replaces: Which rows of the raw table these stand for.
        reached: In a first load, the highest key that is now read in full: a later load goes on after it.
        cursor: Among changes, where reading goes on, where that is more than the watermark said.
    """

    rows: pa.Table
    rejected: Sequence[Rejected] = field(default=())
    replaces: Replaces = field(default_factory=ByKey)
    reached: Key | None = None
    cursor: Cursor | None = None
