"""Reading a model: the first time by id, then by its own `write_date`.

`write_date` is when the writing transaction began: a row of a long one appears late with an old date, so changes are
read with an overlap. RPC shows whole seconds of it, so the comparison is `>=`. Documents and lines each have their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from connectors.incremental import (
    Batch,
    ByKey,
    Cursor,
    Everything,
    Key,
    KeyRange,
    RawTable,
    ReadWhole,
    Replaces,
    typed_rows,
)
from connectors.odoo.client import Context, OdooClient
from connectors.odoo.fields import PAGE, Mapped, Record

MOMENT: Final = "%Y-%m-%d %H:%M:%S"
OVERLAP: Final = timedelta(hours=1)
DEEP_OVERLAP: Final = timedelta(days=7)
_ID_PAGE: Final = 200_000

Finish = Callable[[list[Record]], list[Record]]
"""Fills the columns of records that are made by us."""


def unchanged(records: list[Record]) -> list[Record]:
    """For tables whose columns all come from Odoo."""
    return records


@dataclass(frozen=True, slots=True)
class ModelReader:
    """Reads one model of one database.

    Attributes:
        client: The database.
        mapped: The table and its fields there.
        raw: The table as the engine knows it.
        finish: Fills what Odoo does not say.
        domain: Which records are read.
        context: What is asked for besides, such as one company alone.
    """

    client: OdooClient
    mapped: Mapped
    raw: RawTable
    finish: Finish = unchanged
    domain: tuple[Any, ...] = ()
    context: Context | None = None

    @property
    def table(self) -> RawTable:
        """What is read."""
        return self.raw

    @property
    def _model(self) -> str:
        return self.mapped.table.model

    def read(self) -> Iterator[Batch]:
        """Every row."""
        for answers in self._pages([], None):
            yield self._batch(answers, Everything())

    def records(self) -> Iterator[list[Record]]:
        """Every record, by column, in pages."""
        for answers in self._pages([], None):
            yield self.mapped.records(answers)

    def watermark(self) -> Cursor | None:
        """Moment of the newest write, but not ahead of our own clock: reading from earlier is never wrong."""
        domain = [*self.domain, ["write_date", "!=", False]]
        newest = self.client.search_read(self._model, domain, ["write_date"], order="write_date desc", limit=1)
        if not newest:
            return None
        return min(str(newest[0]["write_date"])[:19], datetime.now(UTC).strftime(MOMENT))

    def count(self) -> int | None:
        """Rows in Odoo now."""
        return int(self.client.call(self._model, "search_count", domain=list(self.domain)))

    def first_load(self, after: Key | None) -> Iterator[Batch]:
        """Rows in order of id."""
        last = int(after) if after is not None else None
        for answers in self._pages([], last):
            is_end = len(answers) < PAGE
            reached = answers[-1]["id"] if answers else last
            yield self._batch(answers, KeyRange("id", last, None if is_end else reached), reached)
            last = reached

    def changes(self, since: Cursor | None, *, is_deep: bool) -> Iterator[Batch]:
        """Rows written since shortly before the cursor; since a week before when `is_deep`."""
        domain = [] if since is None else [["write_date", ">=", _before(str(since), is_deep=is_deep)]]
        for answers in self._pages(domain, None):
            yield self._batch(answers, ByKey())

    def keys(self) -> Iterator[pa.Table] | None:
        """Ids of every row: nothing but their absence tells that records were deleted."""
        return self._ids()

    def by_keys(self, keys: pa.Table) -> Iterator[Batch]:
        """The rows with these ids."""
        ids = keys.column("id").to_pylist()
        for start in range(0, len(ids), PAGE):
            domain = [*self.domain, ["id", "in", ids[start : start + PAGE]]]
            yield self._batch(self.client.search_read(self._model, domain, self.mapped.names), ByKey())

    def _ids(self) -> Iterator[pa.Table]:
        last = 0
        while True:
            domain = [*self.domain, ["id", ">", last]]
            found = self.client.call(self._model, "search", domain=domain, order="id", limit=_ID_PAGE)
            yield pa.table({"id": pa.array(found, pa.int64())})
            if len(found) < _ID_PAGE:
                return
            last = found[-1]

    def _pages(self, domain: Sequence[Any], last: int | None) -> Iterator[list[Record]]:
        """Pages in order of id, the last one shorter than the others, and perhaps empty.

        While a page is worked on the server makes the next one.
        """
        answers = self._page(domain, last)
        with ThreadPoolExecutor(max_workers=1) as ahead:
            while len(answers) == PAGE:
                following = ahead.submit(self._page, domain, answers[-1]["id"])
                yield answers
                answers = following.result()
        yield answers

    def _page(self, domain: Sequence[Any], last: int | None) -> list[Record]:
        above = [] if last is None else [["id", ">", last]]
        asked = [*self.domain, *domain, *above]
        return self.client.search_read(self._model, asked, self.mapped.names, limit=PAGE, context=self.context)

    def _batch(self, answers: list[Record], replaces: Replaces, reached: Key | None = None) -> Batch:
        records = self.finish(self.mapped.records(answers))
        rows, rejected = typed_rows(self.raw, records, is_personal=self.mapped.table.is_personal)
        return Batch(rows, rejected, replaces, reached)


@dataclass(frozen=True, slots=True)
class AbsentReader(ReadWhole):
    """Stands for a model that is not there or may not be read: it has no rows, and what was read before is kept."""

    raw: RawTable

    @property
    def table(self) -> RawTable:
        """What is not read."""
        return self.raw

    def read(self) -> Iterator[Batch]:
        """Nothing."""
        return iter(())


def _before(moment: str, *, is_deep: bool) -> str:
    written = datetime.fromisoformat(moment)
    return (written - (DEEP_OVERLAP if is_deep else OVERLAP)).strftime(MOMENT)
