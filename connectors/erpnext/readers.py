"""One reader per raw table: documents, rows inside documents, customers, and small tables read whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from connectors.erpnext import walk
from connectors.erpnext.access import Access
from connectors.erpnext.client import REFUSALS, ERPNextClient, Query
from connectors.erpnext.doctable import NAME, DocTable
from connectors.erpnext.records import RowMaker
from connectors.http import HttpError
from connectors.incremental import Batch, ByKey, Cursor, Key, OfParents, RawTable, ReadWhole

Record = dict[str, Any]


@dataclass(slots=True)
class Site:
    """What readers share.

    Attributes:
        client: Asks the site.
        maker: Makes rows of records.
        latest: The last change of each DocType when it was first asked for: an older one only means reading more.
        changed: Names of changed documents by DocType and moment, so that each table inside them need not ask again.
    """

    client: ERPNextClient
    maker: RowMaker
    latest: dict[str, str | None] = field(default_factory=dict)
    changed: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def latest_change(self, doctype: str) -> str | None:
        """When the last change of a DocType's documents was made, in the site's time."""
        if doctype not in self.latest:
            self.latest[doctype] = walk.latest_change(self.client, doctype, self.maker.zone)
        return self.latest[doctype]

    def changed_documents(self, doctype: str, since: str) -> list[str]:
        """Names of the documents that changed since a moment in the site's time."""
        key = (doctype, since)
        if key not in self.changed:
            pages = walk.by_moment(self.client, Query(doctype, [NAME, "modified"]), "modified", since, walk.NAMES_PAGE)
            self.changed[key] = list(dict.fromkeys(str(record[NAME]) for page in pages for record in page))
        return self.changed[key]


class DocumentReader:
    """Reads a table with a row per document. A table that the user may not read has no rows, and loses none.

    Args:
        site: The site.
        doc: The table.
        access: What of it can be read.
    """

    def __init__(self, site: Site, doc: DocTable, access: Access) -> None:
        self._site = site
        self._client = site.client
        self._doc = doc
        self._access = access
        self._query = Query(doc.doctype, access.fields, parent=doc.parent)
        self._names = Query(doc.doctype, [NAME], parent=doc.parent)

    @property
    def table(self) -> RawTable:
        """What is read."""
        return self._doc.raw

    def read(self) -> Iterator[Batch]:
        """Every row."""
        return self.first_load(None)

    def watermark(self) -> Cursor | None:
        """When the last change was made, in the site's local time."""
        if not self._access.is_open:
            return None
        return self._site.latest_change(self._doc.right)

    def count(self) -> int | None:
        """Documents there are now; None where the site does not tell."""
        return self._count() if self._access.is_open and self._doc.is_counted else None

    def first_load(self, after: Key | None) -> Iterator[Batch]:
        """Documents in order of their names."""
        if self._access.is_open:
            start = None if after is None else str(after)
            for page in walk.by_column(self._client, self._query, NAME, start):
                # No range of names is given: the site orders names by its language, the warehouse by their bytes.
                yield self._batch(page, reached=str(page[-1][NAME]))

    def changes(self, since: Cursor | None, *, is_deep: bool) -> Iterator[Batch]:
        """Documents that changed."""
        if since is None:
            yield from self.first_load(None)
        elif self._access.is_open:
            query = Query(self._doc.doctype, list(dict.fromkeys([*self._access.fields, "modified"])))
            start = walk.before(str(since), is_deep=is_deep)
            for page in walk.by_moment(self._client, query, "modified", start):
                yield self._batch(page)

    def keys(self) -> Iterator[pa.Table] | None:
        """Names of all documents."""
        if not self._access.is_open:
            return None
        pages = walk.by_column(self._client, self._names, NAME, None, walk.NAMES_PAGE)
        return (pa.table({NAME: pa.array([str(record[NAME]) for record in page], pa.string())}) for page in pages)

    def by_keys(self, keys: pa.Table) -> Iterator[Batch]:
        """Documents of these names."""
        for page in walk.named(self._client, self._query, keys.column(NAME).to_pylist()):
            yield self._batch(page)

    def _count(self) -> int | None:
        return self._client.count(self._doc.doctype)

    def _batch(self, records: Sequence[Record], reached: str | None = None) -> Batch:
        rows, rejected = self._site.maker.rows(self._doc, records)
        return Batch(rows, rejected, ByKey(), reached)


class ChildReader(DocumentReader):
    """Reads rows inside documents: those of a document that changed are all replaced."""

    def first_load(self, after: Key | None) -> Iterator[Batch]:
        """Rows in order of their documents' names."""
        if self._access.is_open:
            start = None if after is None else str(after)
            for page in walk.by_parent(self._client, self._query, start):
                yield self._of_parents(page, [row["parent"] for row in page], reached=str(page[-1]["parent"]))

    def changes(self, since: Cursor | None, *, is_deep: bool) -> Iterator[Batch]:
        """All rows of the documents that changed."""
        if since is None:
            yield from self.first_load(None)
        elif self._access.is_open:
            start = walk.before(str(since), is_deep=is_deep)
            parents = self._site.changed_documents(self._doc.right, start)
            if is_deep and self._doc.follows_rows:
                parents = list(dict.fromkeys([*parents, *self._parents_of_changed_rows(start)]))
            for some, rows in walk.of_parents(self._client, self._query, parents):
                yield self._of_parents(rows, some)

    def _parents_of_changed_rows(self, since: str) -> Iterator[str]:
        """A new valuation changes the cost in a row without touching its document."""
        query = Query(self._doc.doctype, [NAME, "parent", "modified"], parent=self._doc.parent)
        for page in walk.by_moment(self._client, query, "modified", since, walk.NAMES_PAGE):
            yield from (str(row["parent"]) for row in page)

    def _count(self) -> int | None:
        query = Query(self._doc.doctype, [], order_by="", parent=self._doc.parent)
        try:
            found = self._client.aggregate(query, {}, "rows_there")
        except HttpError as error:
            if error.status not in REFUSALS:
                raise
            return None
        return int(found[0]["rows_there"]) if found else 0

    def _of_parents(self, rows: Sequence[Record], parents: Iterable[str], reached: str | None = None) -> Batch:
        typed, rejected = self._site.maker.rows(self._doc, rows)
        names = pa.array(list(dict.fromkeys(parents)), pa.string())
        return Batch(typed, rejected, OfParents("parent", names), reached)


class CustomerReader(DocumentReader):
    """Reads customers, whose names never leave this class unless they may be stored.

    They are walked by the moment in which they were made: how far a load got is kept, and a name must not be.
    """

    def first_load(self, after: Key | None) -> Iterator[Batch]:
        """Customers in order of when they were made; those of the last moment come again."""
        if self._access.is_open:
            start = None if after is None else str(after)
            for page in walk.by_moment(self._client, self._query, "creation", start):
                yield self._batch(page, reached=str(page[-1]["creation"]))

    def keys(self) -> Iterator[pa.Table] | None:
        """Keys of all customers, as they are stored."""
        if not self._access.is_open:
            return None
        pages = walk.by_column(self._client, self._names, NAME, None, walk.NAMES_PAGE)
        return (pa.table({NAME: pa.array([self._key(record) for record in page], pa.string())}) for page in pages)

    def by_keys(self, keys: pa.Table) -> Iterator[Batch]:
        """Customers of these keys: a hash leads nowhere, so all names are hashed again."""
        wanted = set(keys.column(NAME).to_pylist())
        pages = walk.by_column(self._client, self._names, NAME, None, walk.NAMES_PAGE)
        names = [str(record[NAME]) for page in pages for record in page if self._key(record) in wanted]
        for page in walk.named(self._client, self._query, names):
            yield self._batch(page)

    def _key(self, record: Record) -> str | None:
        return self._site.maker.person(str(record[NAME]))


class WholeReader(ReadWhole):
    """A small table that is read again each time.

    Args:
        table: The table.
        batches: Reads it.
    """

    def __init__(self, table: RawTable, batches: Callable[[], Iterator[Batch]]) -> None:
        self._table = table
        self._batches = batches

    @property
    def table(self) -> RawTable:
        """What is read."""
        return self._table

    def read(self) -> Iterator[Batch]:
        """Every row."""
        return self._batches()
