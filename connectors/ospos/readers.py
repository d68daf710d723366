"""The readers of OSPOS: masters whole, documents and what belongs to them by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from connectors.incremental.reader import ReadWhole
from connectors.incremental.rows import arrow_schema
from connectors.incremental.table import Batch, Cursor, Everything, Key, KeyRange, OfParents, RawTable
from connectors.ospos.client import OsposClient, Row
from connectors.ospos.clock import ShopClock
from connectors.ospos.documents import Documents, Seen, portions
from connectors.ospos.rows import as_arrow, typed
from connectors.ospos.spec import TableSpec
from connectors.ospos.tables import DOCUMENTS

ROWS_PER_BATCH: Final = 100_000
BLOCK: Final = 10_000
"""Documents whose rows are summed up together to notice a change that left no trace."""


@dataclass(frozen=True, slots=True)
class WholeReader(ReadWhole):
    """Reads a table whole. One that may not be read has no rows.

    Attributes:
        spec: What is read.
        table: The raw table.
        client: The login.
        clock: The shop's clock.
        source: What follows the select list, where that is more than the table itself.
        is_readable: Whether the user has the right.
    """

    spec: TableSpec
    table: RawTable
    client: OsposClient
    clock: ShopClock
    source: str = ""
    is_readable: bool = True

    def read(self) -> Iterator[Batch]:
        """Every row."""
        if not self.is_readable:
            return
        source = self.source or f"from {self.client.table(self.spec.name)}"
        sql = f"select {self.spec.expressions} {source}"
        for page in self.client.pages(sql, self.table.read_from):
            yield self._batch(page)

    def _batch(self, page: Sequence[Row]) -> Batch:
        rows, rejected = typed(self.spec, self.table, as_arrow(self.spec, page), self.clock)
        return Batch(rows, rejected, Everything())


class DocumentReader:
    """Reads the rows of sales, receivings or log entries, by the numbers of these."""

    def __init__(
        self,
        spec: TableSpec,
        table: RawTable,
        client: OsposClient,
        clock: ShopClock,
        documents: Documents,
        *,
        is_readable: bool = True,
    ) -> None:
        self._spec = spec
        self._table = table
        self._client = client
        self._clock = clock
        self._documents = documents
        self._is_readable = is_readable
        self._id, _ = DOCUMENTS[spec.document]
        self._from = f"from {client.table(spec.name)}"

    @property
    def table(self) -> RawTable:
        """What is read."""
        return self._table

    def read(self) -> Iterator[Batch]:
        """Nothing: it is read by number."""
        yield from ()

    def watermark(self) -> Cursor | None:
        """How far this load reads."""
        seen = self._documents.seen(self._spec.document) if self._is_readable else None
        return seen.cursor if seen else None

    def count(self) -> int | None:
        """Rows of the documents that this load reads."""
        if not self._is_readable:
            return None
        sql = f"select count(*) as n {self._from} where {self._upto}"
        (count,) = self._client.one(sql, self._table.read_from)
        return int(count or 0)

    def first_load(self, after: Key | None) -> Iterator[Batch]:
        """Rows in order of document."""
        if self._is_readable:
            yield from self._range(int(after) if after is not None else None, self._highest)

    def changes(self, since: Cursor | None, *, is_deep: bool) -> Iterator[Batch]:
        """New documents, those to be read again, and when deep the blocks that add up otherwise than the last time."""
        if not self._is_readable:
            return
        seen = Seen.of(since)
        blocks = self._block_sums() if is_deep else seen.blocks
        for ids in portions(self._documents.touched(self._spec.document, seen, is_deep=is_deep)):
            yield self._of(ids)
        yield from self._range(seen.id, self._highest)
        if is_deep:
            yield from self._other_blocks(seen.blocks, blocks)
        reached = self._documents.seen(self._spec.document)
        if reached is not None:
            yield Batch(self._empty, cursor=Seen(reached.id, reached.trans, blocks).cursor)

    def keys(self) -> Iterator[pa.Table] | None:
        """The keys of every row of the documents that this load reads."""
        return self._keys() if self._is_readable else None

    def by_keys(self, keys: pa.Table) -> Iterator[Batch]:
        """All rows of the documents that these belong to."""
        for ids in portions(sorted(set(keys.column(self._id).to_pylist()))):
            yield self._of(ids)

    @property
    def _highest(self) -> int:
        return self._documents.highest[self._spec.document]

    @property
    def _upto(self) -> str:
        return f"`{self._id}` <= {self._highest}"

    @property
    def _empty(self) -> pa.Table:
        return arrow_schema(self._table.columns).empty_table()

    def _of(self, ids: Sequence[int]) -> Batch:
        """The rows of some documents, which replace all that there were of them."""
        numbers = ", ".join(str(number) for number in ids)
        sql = f"select {self._spec.expressions} {self._from} where `{self._id}` in ({numbers})"
        answer = as_arrow(self._spec, self._client.rows(sql, self._table.read_from))
        rows, rejected = typed(self._spec, self._table, answer, self._clock)
        return Batch(rows, rejected, OfParents(self._id, pa.array(ids, pa.int64())))

    def _range(self, after: int | None, upto: int) -> Iterator[Batch]:
        """The rows of the documents above `after` and up to `upto`, in order."""
        while after is None or after < upto:
            end, is_many = self._end(after, upto)
            where = f"`{self._id}` <= {end}" + (f" and `{self._id}` > {after}" if after is not None else "")
            sql = f"select {self._spec.expressions} {self._from} where {where}"
            if is_many:
                answer = self._client.bulk(sql, self._table.read_from)
            else:
                answer = as_arrow(self._spec, self._client.rows(sql, self._table.read_from))
            rows, rejected = typed(self._spec, self._table, answer, self._clock)
            yield Batch(rows, rejected, KeyRange(self._id, after, end), reached=end)
            after = end

    def _end(self, after: int | None, upto: int) -> tuple[int, bool]:
        """Where a batch that begins above `after` ends, and whether it is large."""
        above = f" and `{self._id}` > {after}" if after is not None else ""
        limited = (
            f"select `{self._id}` {self._from} where `{self._id}` <= {upto}{above} "
            f"order by `{self._id}` limit {ROWS_PER_BATCH}"
        )
        sql = f"select count(*) as n, max(`{self._id}`) as last_id from ({limited}) as batch"
        count, last = self._client.one(sql, self._table.read_from)
        rows = int(count or 0)
        end = int(last) if rows == ROWS_PER_BATCH and last is not None else upto
        return end, rows > ROWS_PER_BATCH // 50

    def _block_sums(self) -> dict[str, str]:
        """Count and checksum of the rows of each block of documents, as they are read."""
        values = ", ".join(f"ifnull({column.expression(name)}, '~')" for name, column in self._spec.columns.items())
        block = f"`{self._id}` div {BLOCK}"
        sql = (
            f"select {block} as block, count(*) as n, cast(sum(crc32(concat_ws('|', {values}))) as char) as checksum "
            f"{self._from} where {self._upto} group by {block}"
        )
        rows = self._client.rows(sql, self._table.read_from)
        return {str(number): f"{count}:{checksum}" for number, count, checksum in rows}

    def _other_blocks(self, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Batch]:
        """The rows of the blocks that add up otherwise than before; neighbours in one go."""
        other = sorted(int(name) for name in before.keys() | now.keys() if before.get(name) != now.get(name))
        for index, block in enumerate(other):
            if index and other[index - 1] == block - 1:
                continue
            last = block
            while last + 1 in other[index:]:
                last += 1
            after, upto = block * BLOCK - 1, (last + 1) * BLOCK - 1
            yield from self._range(after, min(upto, self._highest))
            if upto > self._highest:  # what was above is deleted
                yield Batch(self._empty, replaces=KeyRange(self._id, max(after, self._highest), upto))

    def _keys(self) -> Iterator[pa.Table]:
        names = ", ".join(f"`{name}`" for name in self._spec.key)
        after = -1
        while after < self._highest:
            end, _ = self._end(after, self._highest)
            sql = f"select {names} {self._from} where `{self._id}` > {after} and `{self._id}` <= {end}"
            answer = self._client.bulk(sql, self._table.read_from)
            schema = arrow_schema({name: self._table.columns[name] for name in self._spec.key})
            yield answer.select(list(self._spec.key)).cast(schema)
            after = end
