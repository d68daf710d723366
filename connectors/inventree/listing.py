"""Reading a whole list of the API, page by page, so that no row is missed or counted twice.

Before InvenTree 1.3 a list has no order by key: rows that are equal in what it is ordered by may change places between
two requests, and then a page repeats a row while another row is on no page at all. Rows that are added or removed
meanwhile move the others too. All of that shows: the count changes, a key comes twice, or a page does not begin with
the row that the one before it ended with. Then the list is read again, and at last in one request, which the server
answers from one query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from connectors.inventree.client import InvenTreeClient
from connectors.inventree.tables import Listing
from retail.errors import SourceError

PAGE_SIZE: Final = 500
PAGED_ATTEMPTS: Final = 2
ATTEMPTS: Final = 5

Record = dict[str, Any]


def read_list(client: InvenTreeClient, listing: Listing) -> list[Record]:
    """Every row of a list, under the names of the columns.

    Raises:
        SourceError: It could not be read, lacks a field, or changed all the time.
    """
    page_size = PAGE_SIZE
    for attempt in range(1, ATTEMPTS + 1):
        records, count = _read_once(client, listing, page_size)
        if len({record["id"] for record in records}) == len(records) == count:
            return records
        if attempt >= PAGED_ATTEMPTS:
            page_size = count + PAGE_SIZE
    raise SourceError(
        f"{client.source}: {listing.table.read_from}: the list at {client.host} changed every time it was read "
        f"({ATTEMPTS} times). Run again when less is going on there.",
        is_transient=True,
    )


def count_list(client: InvenTreeClient, listing: Listing, **params: str) -> int:
    """Number of rows of a list.

    Raises:
        SourceError: It could not be read.
    """
    _, count = _page(client, listing, {**listing.params, **params, "limit": 1, "offset": 0})
    return count


def _read_once(client: InvenTreeClient, listing: Listing, page_size: int) -> tuple[list[Record], int]:
    """The rows of all pages and the server's count of them; fewer rows than it counts where something moved."""
    project = _projection(listing)
    fixed = {**listing.params, "ordering": listing.ordering}
    first, count = _page(client, listing, {**fixed, "limit": page_size, "offset": 0})
    records = [project(record) for record in first]
    while records and len(records) < count:
        # One row more than new ones: the last one read, to see that it is where it was.
        window = {"limit": page_size + 1, "offset": len(records) - 1}
        page, count_now = _page(client, listing, {**fixed, **window})
        added = [project(record) for record in page]
        if count_now != count or len(added) < 2 or added[0]["id"] != records[-1]["id"]:
            break
        records += added[1:]
    return records, count


def _page(client: InvenTreeClient, listing: Listing, params: Mapping[str, str | int]) -> tuple[list[Record], int]:
    what = listing.table.read_from
    answer = client.get(listing.path, what, **params)
    results = answer.get("results") if isinstance(answer, dict) else None
    count = answer.get("count") if isinstance(answer, dict) else None
    if not isinstance(results, list) or not isinstance(count, int) or not all(isinstance(row, dict) for row in results):
        raise SourceError(
            f"{client.source}: {what}: {client.host} did not answer with a page of a list. Look whether a proxy in "
            "front of it changes the address or the answer."
        )
    _check_fields(client, listing, results)
    return results, count


def _check_fields(client: InvenTreeClient, listing: Listing, page: list[Record]) -> None:
    if not page:
        return
    needed = {_field(listing, column) for column in listing.table.columns if column not in listing.optional}
    lacking = sorted(name for name in needed if name not in page[0])
    if lacking:
        raise SourceError(
            f"{client.source}: {listing.table.read_from}: {client.host} answers without {', '.join(lacking)}. This "
            "version of InvenTree is not one that Tillsight knows: see docs/connect/inventree.md for those it does."
        )


def _field(listing: Listing, column: str) -> str:
    return listing.fields.get(column, "pk" if column == "id" else column)


def _projection(listing: Listing) -> Callable[[Record], Record]:
    paths = {column: _field(listing, column).split(".") for column in listing.table.columns}

    def project(record: Record) -> Record:
        return {column: _value(record, path) for column, path in paths.items()}

    return project


def _value(record: Record, path: list[str]) -> Any:
    value: Any = record
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
