"""One reader per raw table. All are small and read whole: few lists of the API can be asked for changes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from connectors.contacts import ContactHasher
from connectors.incremental import (
    Batch,
    Everything,
    RawTable,
    ReadWhole,
    TableReader,
    arrow_schema,
    typed_rows,
)
from connectors.inventree.client import InvenTreeClient
from connectors.inventree.listing import Record, read_list
from connectors.inventree.look import Look
from connectors.inventree.tables import CATEGORY, COMPANY, EXCHANGE_RATE, LISTINGS, LOCATION, SERVER, Listing
from connectors.inventree.trees import with_paths, with_tops

ROWS_OF_A_BATCH: Final = 10_000
Records = Callable[[], list[Record]]


class WholeReader(ReadWhole):
    """Reads a table whole each time.

    Args:
        table: The table.
        records: Asks for its rows, under the names of the columns; each call asks anew.
        is_personal: Whether rows hold personal data, which the quarantine must not quote.
    """

    def __init__(self, table: RawTable, records: Records, *, is_personal: bool = False) -> None:
        self._table = table
        self._records = records
        self._is_personal = is_personal

    @property
    def table(self) -> RawTable:
        """What is read."""
        return self._table

    def read(self) -> Iterator[Batch]:
        """Every row.

        Raises:
            SourceError: It could not be read.
        """
        records = self._records()
        if not records:
            yield Batch(arrow_schema(self._table.columns).empty_table(), replaces=Everything())
        for start in range(0, len(records), ROWS_OF_A_BATCH):
            part = records[start : start + ROWS_OF_A_BATCH]
            rows, rejected = typed_rows(self._table, part, is_personal=self._is_personal)
            yield Batch(rows, rejected, Everything())


def readers_of(
    client: InvenTreeClient, look: Look, server: Record, hasher: ContactHasher, *, store_contacts: bool
) -> list[TableReader]:
    """A reader for each table; those that the user may not view give nothing.

    Args:
        client: The server.
        look: What was found there.
        server: The one row of `server`.
        hasher: Hashes contacts.
        store_contacts: Whether customers' names and contacts are kept.
    """

    def shaped(listing: Listing, records: list[Record]) -> list[Record]:
        if listing is LOCATION:
            return with_tops(records)
        if listing is CATEGORY:
            return with_paths(records)
        if listing is COMPANY:
            return [_company(record, hasher, store_contacts=store_contacts) for record in records]
        return records

    def listed(listing: Listing) -> TableReader:
        def records() -> list[Record]:
            return shaped(listing, read_list(client, listing)) if look.rights.may_read(listing) else []

        return WholeReader(listing.table, records, is_personal=listing.is_personal)

    return [
        *(listed(listing) for listing in LISTINGS),
        WholeReader(EXCHANGE_RATE, lambda: look.rates),
        WholeReader(SERVER, lambda: [server]),
    ]


def _company(record: Record, hasher: ContactHasher, *, store_contacts: bool) -> Record:
    """A company without what may not be kept: a customer's contacts, and its name unless it is a supplier too."""
    is_customer = bool(record["is_customer"])
    contacts = record if is_customer and store_contacts else {}
    return {
        **record,
        "name": record["name"] if store_contacts or not is_customer or record["is_supplier"] else None,
        "email": contacts.get("email") or None,
        "phone": contacts.get("phone") or None,
        "email_hash": hasher.email(record["email"]) if is_customer else None,
        "phone_hash": hasher.phone(record["phone"]) if is_customer else None,
    }
