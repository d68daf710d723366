"""An OSPOS database that is logged in to: its readers and what it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.contacts import contact_hasher
from connectors.credentials import credential
from connectors.incremental import Capability, TableReader
from connectors.ospos.capabilities import capabilities_of
from connectors.ospos.client import OsposClient
from connectors.ospos.customers import CustomersReader, customers_source, customers_table
from connectors.ospos.documents import Documents
from connectors.ospos.look import Shop, look_around
from connectors.ospos.readers import DocumentReader, WholeReader
from connectors.ospos.reported import SALES_DAILY, STOCK, ReportedSalesReader, stock_source
from connectors.ospos.settings import OsposSource
from connectors.ospos.spec import Column, TableSpec
from connectors.ospos.tables import CONFIG_KEYS, MASTERS, READABLE, SALES, SPECS
from connectors.ospos.tables import STOCK as STOCK_TABLES
from retail.settings import Settings
from retail.workspace import Workspace


class OpenedOspos:
    """One shop's database (`connectors.incremental.Source`)."""

    def __init__(self, config: OsposSource, workspace: Workspace, client: OsposClient, shop: Shop) -> None:
        self._config = config
        self._workspace = workspace
        self._client = client
        self._shop = shop
        self._origin = f"{shop.clock.name}|{config.database}|{config.table_prefix}"
        self._documents = Documents(client, shop.clock, config.reread_days, shop.readable)

    @property
    def readers(self) -> Sequence[TableReader]:
        """One per raw table: what belongs to a document before it."""
        return [
            *(self._of_documents(spec) for spec in (*SALES, *STOCK_TABLES)),
            *(self._whole(spec) for spec in MASTERS if spec.name != "customers"),
            self._customers(),
            self._reported_sales(),
            self._reported_stock(),
        ]

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """What it has."""
        return capabilities_of(self._shop, is_stored=self._config.store_contacts)

    def close(self) -> None:
        """Log out."""
        self._client.close()

    def _of_documents(self, spec: TableSpec) -> DocumentReader:
        table = spec.raw(self._config.table_prefix, self._origin)
        is_readable = {spec.name, spec.document} <= self._shop.readable
        return DocumentReader(spec, table, self._client, self._shop.clock, self._documents, is_readable=is_readable)

    def _whole(self, spec: TableSpec) -> WholeReader:
        keys = ", ".join(f"'{key}'" for key in CONFIG_KEYS)
        source = f"from {self._client.table(spec.name)} where `key` in ({keys})" if spec.name == "app_config" else ""
        table = spec.raw(self._config.table_prefix, self._origin)
        is_readable = spec.name in self._shop.readable
        return WholeReader(spec, table, self._client, self._shop.clock, source, is_readable)

    def _customers(self) -> CustomersReader:
        spec = SPECS["customers"]
        people = self._client.table("people") if "people" in self._shop.readable else None
        if people is None:
            hidden = {name: Column("text", "null") for name in ("first_name", "last_name", "email", "phone")}
            spec = replace(spec, columns={**spec.columns, **hidden})
        return CustomersReader(
            spec,
            customers_table(self._config.table_prefix, spec),
            self._client,
            self._shop.clock,
            customers_source(self._client.table("customers"), people),
            "customers" in self._shop.readable,
            contact_hasher(self._workspace),
            self._config.store_contacts,
        )

    def _reported_sales(self) -> ReportedSalesReader:
        origin = f"{self._origin}|{self._shop.decimals}"
        table = replace(SALES_DAILY.raw(self._config.table_prefix, origin), read_from="sales by day")
        return ReportedSalesReader(table, self._client, self._shop.clock, self._documents, self._shop.decimals)

    def _reported_stock(self) -> WholeReader:
        table = replace(STOCK.raw(self._config.table_prefix, self._origin), read_from="stock by product")
        is_readable = "item_quantities" in self._shop.readable
        return WholeReader(STOCK, table, self._client, self._shop.clock, stock_source(self._client), is_readable)


def open_source(source: OsposSource, workspace: Workspace, settings: Settings) -> OpenedOspos:
    """Log in and look around.

    Raises:
        ConfigurationError: There is no password, or `ca_file` cannot be read.
        SourceError: The database cannot be reached, or something that every load needs cannot be read.
    """
    client = OsposClient(source, credential(workspace, settings, "ospos_password"), READABLE)
    try:
        return OpenedOspos(source, workspace, client, look_around(client))
    except BaseException:
        client.close()
        raise
