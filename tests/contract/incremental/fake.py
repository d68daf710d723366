"""A source in memory that behaves as servers do: a clock, overlaps, deletions, renames, errors in the middle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from connectors.incremental import (
    RETAIL_TABLES,
    Batch,
    ByKey,
    Capability,
    Cursor,
    Everything,
    Key,
    KeyRange,
    OfParents,
    RawTable,
    typed_rows,
)
from connectors.source import SourceConfig
from retail.errors import SourceError

ORDERS = RawTable(
    "orders", "the.orders", ("sales",), {"id": "integer", "total": "decimal", "stamp": "integer"}, ("id",)
)
LINES = RawTable(
    "lines",
    "the.lines",
    ("sale_lines",),
    {"id": "integer", "order_id": "integer", "product": "text", "amount": "decimal", "stamp": "integer"},
    ("id",),
)
PRODUCTS = RawTable(
    "products",
    "the.products",
    ("products",),
    {"code": "text", "name": "text", "stamp": "integer"},
    ("code",),
    reload_on_rename=("lines",),
)
STORES = RawTable("stores", "the.stores", ("stores",), {"code": "text", "name": "text"}, ("code",), strategy="whole")


class FakeConfig(SourceConfig):
    """A source of the type that the tests use."""

    address: str = "here"

    @property
    def place(self) -> str:
        return self.address


CONFIG = FakeConfig(type="odoo")


@dataclass
class FakeServer:
    """Tables with a clock that every write moves."""

    rows: dict[str, dict[Any, dict[str, Any]]] = field(default_factory=lambda: {name: {} for name in _TABLES})
    clock: int = 0
    page: int = 7
    requests: list[str] = field(default_factory=list)
    fails_at: int | None = None

    def put(self, table: str, **row: Any) -> None:
        self.clock += 1
        self.rows[table][row[_TABLES[table].key[0]]] = {**row, "stamp": self.clock}

    def order(self, number: int, *amounts: float, product: str = "A") -> None:
        for place, amount in enumerate(amounts):
            self.put("lines", id=number * 10 + place, order_id=number, product=product, amount=amount)
        self.put("orders", id=number, total=sum(amounts))

    def delete_order(self, number: int) -> None:
        del self.rows["orders"][number]
        for line in [key for key, row in self.rows["lines"].items() if row["order_id"] == number]:
            del self.rows["lines"][line]

    def rename(self, old: str, new: str) -> None:
        """As ERPNext does: no stamp moves but the product's."""
        self.rows["products"].pop(old)
        self.put("products", code=new, name=new)
        for row in self.rows["lines"].values():
            row["product"] = new if row["product"] == old else row["product"]

    def asked(self, what: str) -> None:
        self.requests.append(what)
        if self.fails_at is not None and len(self.requests) > self.fails_at:
            raise SourceError(f"odoo: {what}: the server cannot be reached. Look whether it runs.", is_transient=True)


_TABLES = {table.name: table for table in (LINES, PRODUCTS, STORES, ORDERS)}


class FakeReader:
    def __init__(self, server: FakeServer, table: RawTable) -> None:
        self.server = server
        self.table = table

    @property
    def _rows(self) -> dict[Any, dict[str, Any]]:
        return self.server.rows[self.table.name]

    def _batch(self, rows: Sequence[Mapping[str, Any]], **kwargs: Any) -> Batch:
        self.server.asked(f"{self.table.read_from} page")
        typed, rejected = typed_rows(self.table, rows)
        return Batch(typed, rejected, **kwargs)

    def _pages(self, rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
        for start in range(0, len(rows), self.server.page):
            yield rows[start : start + self.server.page]

    def read(self) -> Iterator[Batch]:
        for page in self._pages([self._rows[key] for key in sorted(self._rows)]):
            yield self._batch(page, replaces=Everything())

    def watermark(self) -> Cursor | None:
        return max((row["stamp"] for row in self._rows.values()), default=None)

    def count(self) -> int | None:
        return len(self._rows)

    def first_load(self, after: Key | None) -> Iterator[Batch]:
        keys = [key for key in sorted(self._rows) if after is None or key > after]
        for page in self._pages(keys):
            rows = [self._rows[key] for key in page if key in self._rows]
            yield self._batch(rows, reached=page[-1], replaces=KeyRange(self.table.key[0], after, page[-1]))
            after = page[-1]

    def changes(self, since: Cursor | None, *, is_deep: bool) -> Iterator[Batch]:
        lowest = -1 if since is None else int(since) - (50 if is_deep else 3)
        changed = [row for row in self._rows.values() if row["stamp"] >= lowest]
        for page in self._pages(changed):
            if self.table is LINES:
                orders = {row["order_id"] for row in page}
                whole = [row for row in self._rows.values() if row["order_id"] in orders]
                parents = pa.array(sorted(orders), pa.int64())
                yield self._batch(whole, replaces=OfParents("order_id", parents))
            else:
                yield self._batch(page, replaces=ByKey())

    def keys(self) -> Iterator[pa.Table] | None:
        name = self.table.key[0]
        kind = pa.string() if self.table.columns[name] == "text" else pa.int64()
        return iter([pa.table({name: pa.array(sorted(self._rows), kind)})])

    def by_keys(self, keys: pa.Table) -> Iterator[Batch]:
        rows = [self._rows[key] for key in keys.column(0).to_pylist() if key in self._rows]
        yield self._batch(rows, replaces=ByKey())


class FakeSource:
    def __init__(self, server: FakeServer, tables: Sequence[RawTable] = tuple(_TABLES.values())) -> None:
        self.readers = [FakeReader(server, table) for table in tables]
        self.capabilities = {
            table: Capability(any(table in one.feeds for one in tables), "from the fake") for table in RETAIL_TABLES
        }

    def close(self) -> None:
        pass
