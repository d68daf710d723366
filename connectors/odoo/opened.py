"""An Odoo database that is logged in to: what it has, and a reader for each table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from connectors.contacts import ContactHasher
from connectors.incremental import Capability, TableReader
from connectors.odoo import reported, tables_catalogue, tables_stock
from connectors.odoo.capabilities import capabilities
from connectors.odoo.client import OdooClient
from connectors.odoo.companies import companies, company_zones
from connectors.odoo.costs import CostReader
from connectors.odoo.fields import Mapped, OdooTable, map_fields
from connectors.odoo.finish import hashed_contacts, sized_units, zoned_companies
from connectors.odoo.readers import AbsentReader, Finish, ModelReader, unchanged
from connectors.odoo.refusals import OdooRefusal
from connectors.odoo.settings import OdooSource
from connectors.odoo.tables import TABLES
from retail.errors import SourceError

SALES_MODELS: Final = (("pos.order", "pos.order.line", "pos.session", "pos.config"), ("sale.order", "sale.order.line"))
"""One of these sets must be readable: a source without any sales is not worth connecting."""


@dataclass(slots=True)
class OpenedOdoo:
    """A database, looked at (`connectors.incremental.Source`).

    Attributes:
        client: The database.
        readers: One per raw table.
        capabilities: What the database can fill.
    """

    client: OdooClient
    readers: Sequence[TableReader] = ()
    capabilities: Mapping[str, Capability] = field(default_factory=dict)

    def close(self) -> None:
        """Close the connections; a key needs no log out."""
        self.client.close()


def look_around(client: OdooClient) -> tuple[dict[str, Mapped], dict[str, OdooRefusal]]:
    """The fields of every table that can be read, and the models that cannot.

    Raises:
        SourceError: A required field is gone, or the server does not answer.
    """
    mapped: dict[str, Mapped] = {}
    refused: dict[str, OdooRefusal] = {}
    for table in TABLES:
        if table.model in refused:
            continue
        try:
            found = map_fields(client, table)
            client.call(table.model, "search", domain=list(table.domain), limit=1)
        except OdooRefusal as error:
            if error.kind not in {"access", "model"}:
                raise
            refused[table.model] = error
        else:
            mapped[table.raw.name] = found
    return mapped, refused


def open_database(client: OdooClient, source: OdooSource, hasher: ContactHasher, default_zone: str) -> OpenedOdoo:
    """Make the readers.

    Args:
        client: Logged in.
        source: The source's entry of `sources.yaml`.
        hasher: Hashes contacts.
        default_zone: Time zone of companies that say none, for totals by day.

    Raises:
        SourceError: Something is missing without which nothing can be loaded.
    """
    mapped, refused = look_around(client)
    demand_what_is_required(refused)
    numbers = companies(client)
    zones = company_zones(client, numbers, source.time_zone)
    finishes = {
        "uom_uom": sized_units,
        "res_company": zoned_companies(zones),
        "res_partner": hashed_contacts(hasher, is_stored=source.store_contacts),
    }
    readers = [_reader(client, table, mapped, finishes, numbers, source) for table in TABLES]
    totals, totals_refused = _totals(client, refused, _by_zone(numbers, zones, default_zone))
    return OpenedOdoo(client, [*readers, *totals], capabilities(refused, totals_refused))


def demand_what_is_required(refused: Mapping[str, OdooRefusal]) -> None:
    """Refuse a database of which nothing could be made.

    Raises:
        SourceError: Names the model and what to do.
    """
    for table in TABLES:
        if table.is_required and table.model in refused:
            raise refused[table.model]
    if all(any(model in refused for model in models) for models in SALES_MODELS):
        first = next(refused[model] for model in SALES_MODELS[0] if model in refused)
        raise SourceError(f"{first} Neither tickets of the till nor sale orders can be read, so there are no sales.")


def _reader(
    client: OdooClient,
    table: OdooTable,
    mapped: Mapping[str, Mapped],
    finishes: Mapping[str, Finish],
    numbers: Sequence[int],
    source: OdooSource,
) -> TableReader:
    found = mapped.get(table.raw.name)
    if found is None:
        return AbsentReader(table.raw)
    raw = table.raw
    if raw.name == "res_partner" and source.store_contacts:
        # Rows without contacts are other rows: permission given or taken loads them anew.
        raw = replace(raw, version=raw.version + 1)
    domain = _supplier_domain(client, mapped) if raw.name == "supplier" else table.domain
    reader = ModelReader(client, found, raw, finishes.get(raw.name, unchanged), domain)
    if table is tables_catalogue.PRODUCT_COST:
        return CostReader(raw, reader, numbers)
    return reader


def _supplier_domain(client: OdooClient, mapped: Mapping[str, Mapped]) -> tuple[object, ...]:
    """Partners that supply: those with a rank, with terms, or with a purchase order."""
    numbers: set[int] = set()
    for table in (tables_stock.PRODUCT_SUPPLIERINFO, tables_stock.PURCHASE_ORDER):
        found = mapped.get(table.raw.name)
        if found is not None:
            numbers |= _partners(client, table.model, found.fields["partner_id"])
    return ("|", ["supplier_rank", ">", 0], ["id", "in", sorted(numbers)])


def _partners(client: OdooClient, model: str, name: str) -> set[int]:
    try:
        groups = client.groups(model, [], [name], [])
    except OdooRefusal:
        # A server that does not group: nearly every supplier has a rank.
        return set()
    return {reported.number(group[name]) for group in groups} - {0}


def _by_zone(numbers: Sequence[int], zones: Mapping[int, str], default: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number in numbers:
        found.setdefault(zones.get(number, default), []).append(number)
    return found


def _totals(
    client: OdooClient, refused: Mapping[str, OdooRefusal], zones: Mapping[str, Sequence[int]]
) -> tuple[list[TableReader], list[str]]:
    """Readers of Odoo's own totals, and the models of which it makes none."""
    pos = reported.DailyTotals(reported.REPORTED_POS, client, "pos.order", reported.POS_STATES, ["session_id"], zones)
    keys = ["company_id", "warehouse_id", "currency_id"]
    orders = reported.DailyTotals(reported.REPORTED_ORDERS, client, "sale.order", reported.ORDER_STATES, keys, zones)
    stock = reported.StockTotals(reported.REPORTED_STOCK, client)
    readers: list[TableReader] = []
    without: list[str] = []
    for model, reader in (("pos.order", pos), ("sale.order", orders), ("stock.quant", stock)):
        if model in refused:
            readers.append(AbsentReader(reader.table))
        elif reader.is_possible():
            readers.append(reader)
        else:
            readers.append(AbsentReader(reader.table))
            without.append(model)
    return readers, without
