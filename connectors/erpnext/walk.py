"""Going through a DocType page by page, while others write to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.erpnext.client import ERPNextClient, Filter, Query

PAGE: Final = 5000
NAMES_PAGE: Final = 20_000
PARENTS_AT_ONCE: Final = 200
OVERLAP: Final = timedelta(hours=2)
"""How far changes are read back: clocks are turned back by an hour, and rows become visible seconds late."""
DEEP_OVERLAP: Final = timedelta(days=7)

Record = dict[str, Any]


def by_column(
    client: ERPNextClient,
    query: Query,
    column: str,
    after: str | None,
    page: int = PAGE,
) -> Iterator[list[Record]]:
    """Pages in order of a column without repeated values, such as the name, from above a value.

    A page never shifts under the reader, since each goes on from the last value of the one before. The order is the
    site's own, and so is the comparison.
    """
    while True:
        above = [[column, ">", after]] if after is not None else []
        found = client.records(_paged(query, [*query.filters, *above], f"{column} asc", page))
        if found:
            yield found
            after = str(found[-1][column])
        if len(found) < page:
            return


def by_moment(
    client: ERPNextClient,
    query: Query,
    column: str,
    since: str | None,
    page: int = PAGE,
) -> Iterator[list[Record]]:
    """Pages in order of a moment that several records can share, from a moment on, that one included.

    Records that change meanwhile move to the end and are met again there; none is skipped, since each page goes on
    from the last moment of the one before, and within one moment by name.
    """
    order, start = f"{column} asc, name asc", 0
    while True:
        from_here = [[column, ">=", since]] if since is not None else []
        found = client.records(_paged(query, [*query.filters, *from_here], order, page, start))
        if found:
            yield found
        if len(found) < page:
            return
        last = str(found[-1][column])
        start = start + len(found) if last == since else 0
        since = last


def by_parent(
    client: ERPNextClient,
    query: Query,
    after: str | None,
    page: int = PAGE,
) -> Iterator[list[Record]]:
    """Rows of a child table in order of their parents, from above a parent; a page holds whole parents only."""
    order = "parent asc, name asc"
    while True:
        above = [["parent", ">", after]] if after is not None else []
        found = client.records(_paged(query, [*query.filters, *above], order, page))
        if len(found) < page:
            if found:
                yield found
            return
        last = found[-1]["parent"]
        whole = [row for row in found if row["parent"] != last]
        if not whole:  # one document with more rows than a page
            whole = client.records(_paged(query, [*query.filters, ["parent", "=", last]], order, 0))
        yield whole
        after = str(whole[-1]["parent"])


def of_parents(client: ERPNextClient, query: Query, parents: Sequence[str]) -> Iterator[tuple[list[str], list[Record]]]:
    """All rows of these parents, a number of parents at once."""
    for first in range(0, len(parents), PARENTS_AT_ONCE):
        some = list(parents[first : first + PARENTS_AT_ONCE])
        condition: Filter = ["parent", "in", some]
        yield some, client.records(_paged(query, [*query.filters, condition], "parent asc, name asc", 0))


def named(client: ERPNextClient, query: Query, names: Sequence[str]) -> Iterator[list[Record]]:
    """The records of these names."""
    for first in range(0, len(names), PAGE // 5):
        condition: Filter = ["name", "in", list(names[first : first + PAGE // 5])]
        yield client.records(_paged(query, [*query.filters, condition], "name asc", 0))


def latest_change(client: ERPNextClient, doctype: str, zone: ZoneInfo) -> str | None:
    """When the last change of a DocType's documents was made, in the site's local time; never later than now."""
    found = client.records(Query(doctype, ["name", "modified"], order_by="modified desc, name desc", limit=1))
    if not found:
        return None
    return min(str(found[0]["modified"]), _written(datetime.now(zone).replace(tzinfo=None)))


def before(cursor: str, *, is_deep: bool) -> str:
    """The moment from which changes since a cursor are read."""
    return _written(datetime.fromisoformat(cursor) - (DEEP_OVERLAP if is_deep else OVERLAP))


def _written(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="microseconds")


def _paged(query: Query, filters: Sequence[Filter], order_by: str, limit: int, start: int = 0) -> Query:
    return Query(query.doctype, query.fields, filters, order_by, start, limit, query.parent)
