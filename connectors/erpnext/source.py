"""Logging in to a site and looking around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.contacts import contact_hasher
from connectors.credentials import credential
from connectors.erpnext.access import Access, probe
from connectors.erpnext.capabilities import capabilities_of, sentence
from connectors.erpnext.client import ERPNextClient
from connectors.erpnext.doctable import DocTable
from connectors.erpnext.readers import ChildReader, CustomerReader, DocumentReader, Site
from connectors.erpnext.records import RowMaker
from connectors.erpnext.settings import ERPNextSource
from connectors.erpnext.tables import CUSTOMER, TABLES
from connectors.erpnext.totals import company_reader, reported_sales_reader, reported_stock_reader
from connectors.http import ApiClient
from connectors.incremental import Capability, TableReader
from retail.errors import ConfigurationError, SourceError
from retail.settings import Settings
from retail.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ERPNext:
    """A site that is logged in to.

    Attributes:
        client: Asks the site.
        readers: One per raw table, in reading order.
        capabilities: What the site has, as far as its user may read it.
    """

    client: ERPNextClient
    readers: Sequence[TableReader]
    capabilities: Mapping[str, Capability]

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def open_client(source: ERPNextSource, workspace: Workspace, settings: Settings) -> ERPNextClient:
    """A client for the site; nothing is asked yet.

    Raises:
        ConfigurationError: The address is none, or there are no credentials.
    """
    key = credential(workspace, settings, "erpnext_api_key")
    secret = credential(workspace, settings, "erpnext_api_secret")
    headers = {"Authorization": f"token {key}:{secret}", "Accept": "application/json"}
    return ERPNextClient(ApiClient("erpnext", source.url, headers, ca_file=source.ca_file))


def open_source(source: ERPNextSource, workspace: Workspace, settings: Settings) -> ERPNext:
    """Log in, and find out what can be read.

    Raises:
        ConfigurationError: A setting is wrong.
        SourceError: The site does not answer, does not accept the key, or does not let its user read what everything
            is made from.
    """
    client = open_client(source, workspace, settings)
    try:
        client.logged_user()
        zone = zone_of(source, client)
        access = _access(client)
        maker = RowMaker(zone, contact_hasher(workspace), store_contacts=source.store_contacts)
        readers = _readers(Site(client, maker), access, store_contacts=source.store_contacts)
    except BaseException:
        client.close()
        raise
    return ERPNext(client, readers, capabilities_of(access))


def zone_of(source: ERPNextSource, client: ERPNextClient) -> ZoneInfo:
    """The zone in which the site keeps its moments.

    Raises:
        ConfigurationError: Neither the site nor the settings name one that exists.
    """
    name = client.time_zone() or source.time_zone
    try:
        if name:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        pass
    raise ConfigurationError(
        f"erpnext: {client.host} names {'no time zone' if not name else f'the unknown time zone {name!r}'}. Set it in "
        "ERPNext under System Settings, or as `time_zone` of this source."
    )


def _access(client: ERPNextClient) -> dict[str, Access]:
    access = {table.raw.name: probe(client, table) for table in TABLES}
    needed = [table for table in TABLES if table.is_needed and not access[table.raw.name].is_open]
    if needed:
        raise SourceError(f"erpnext: {sentence(needed)}")
    return access


def _readers(site: Site, access: Mapping[str, Access], *, store_contacts: bool) -> list[TableReader]:
    permitted = [_with_people(table) if store_contacts and table.people else table for table in TABLES]
    tables = [_reader(site, table, access[table.raw.name]) for table in permitted]
    stock = reported_stock_reader(site, is_readable=access["bin"].is_open)
    return [company_reader(site), *tables, reported_sales_reader(site), stock]


def _with_people(table: DocTable) -> DocTable:
    """Rows that name people are other rows than those with hashes: permission given or taken loads them anew."""
    return replace(table, raw=replace(table.raw, version=table.raw.version + 1))


def _reader(site: Site, table: DocTable, access: Access) -> TableReader:
    if table.doctype == CUSTOMER.doctype:
        return CustomerReader(site, table, access)
    return ChildReader(site, table, access) if table.parent else DocumentReader(site, table, access)
