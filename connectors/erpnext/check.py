"""Looking at a site without loading anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from connectors.checkup import Checkup, Problem
from connectors.erpnext.access import probe
from connectors.erpnext.capabilities import MISSED, sentence
from connectors.erpnext.client import ERPNextClient, Query
from connectors.erpnext.doctable import DocTable
from connectors.erpnext.records import time_of_day
from connectors.erpnext.settings import ERPNextSource
from connectors.erpnext.source import open_client, zone_of
from connectors.erpnext.tables import TABLES
from connectors.http import HttpError
from retail.errors import ConfigurationError, SourceError
from retail.settings import Settings
from retail.workspace import Workspace

OLDEST_VERSION: Final = 15
_KEY_REMEDY: Final = (
    "Open the API user in ERPNext, Settings, API Access, generate the keys anew, and give both to `tillsight connect "
    "erpnext`."
)
_COUNTED: Final = {"POS Invoice": {"docstatus": 1}, "Sales Invoice": {"docstatus": 1, "is_consolidated": 0}}


def check(source: ERPNextSource, workspace: Workspace, settings: Settings) -> Checkup:
    """Log in and look: what may be read, which shops, items and sales there are, and what is missing.

    Raises:
        ConfigurationError: There is no address or no credentials to try.
    """
    found = Checkup("erpnext", f"ERPNext at {source.url}")
    client = open_client(source, workspace, settings)
    try:
        if not _log_in(client, found, source):
            return found
        open_tables = _look_at_rights(client, found)
        _count(client, found, open_tables)
    except SourceError as error:
        found.problems.append(_problem(error))
    finally:
        client.close()
    return found


def _log_in(client: ERPNextClient, found: Checkup, source: ERPNextSource) -> bool:
    if client.logged_user() == "Guest":
        found.problems.append(Problem("The site does not know the API key.", _KEY_REMEDY, is_fatal=True))
        return False
    versions = client.versions()
    version = versions.get("erpnext", "")
    found.server = f"ERPNext {version} at {source.url}"
    if not version:
        problem = Problem("The site runs no ERPNext.", "Name the site that ERPNext is installed on.", is_fatal=True)
        found.problems.append(problem)
        return False
    major = version.split(".")[0]
    if major.isdigit() and int(major) < OLDEST_VERSION:
        remedy = f"Update ERPNext to {OLDEST_VERSION} or newer."
        found.problems.append(Problem(f"ERPNext {version} is too old to be read.", remedy, is_fatal=True))
    try:
        found.time_zone = zone_of(source, client).key
    except ConfigurationError as error:
        found.problems.append(Problem(str(error), "Set the time zone, then try again.", is_fatal=True))
    return True


def _look_at_rights(client: ERPNextClient, found: Checkup) -> frozenset[str]:
    """Note what may not be read; return the names of the tables that may."""
    state = {table.raw.name: probe(client, table) for table in TABLES}
    closed = [table for table in TABLES if not state[table.raw.name].is_open]
    needed = [table for table in closed if table.is_needed]
    if needed:
        found.problems.append(Problem(sentence(needed), _grant(needed), is_fatal=True))
    for table in closed:
        if not table.is_needed and table.parent is None:
            what = f"{table.doctype} cannot be read: {MISSED[table.doctype]}."
            found.problems.append(Problem(what, _grant([table]), is_fatal=False))
    return frozenset(name for name, access in state.items() if access.is_open)


def _grant(tables: list[DocTable]) -> str:
    rights = ", ".join(dict.fromkeys(table.right for table in tables))
    return f"In ERPNext's Role Permissions Manager, grant the role of the API user Read on {rights}."


def _count(client: ERPNextClient, found: Checkup, readable: frozenset[str]) -> None:
    if "warehouse" in readable:
        found.stores = _stores(client, readable)
    if "item" in readable:
        found.products = client.count("Item", {"has_variants": 0})
    if {"pos_invoice", "sales_invoice"} <= readable:
        found.sales = sum(client.count(doctype, dict(rule)) for doctype, rule in _COUNTED.items())
        if found.time_zone:
            _first_and_last(client, found, ZoneInfo(found.time_zone))
    companies = client.records(Query("Company", ["name", "default_currency"], order_by="name asc"))
    found.currency = str(companies[0]["default_currency"]) if companies else None


def _stores(client: ERPNextClient, readable: frozenset[str]) -> list[str]:
    """Warehouses that tills sell from, then those that hold stock."""
    names: list[str] = []
    if "pos_profile" in readable:
        profiles = client.records(Query("POS Profile", ["warehouse"], order_by="name asc"))
        names += [str(profile["warehouse"]) for profile in profiles if profile["warehouse"]]
    if "bin" in readable:
        bins = client.records(Query("Bin", ["warehouse"], order_by="warehouse asc", group_by="warehouse"))
        names += [str(one["warehouse"]) for one in bins]
    if not names:
        leaves = client.records(Query("Warehouse", ["name"], [["is_group", "=", 0]], "name asc"))
        names = [str(warehouse["name"]) for warehouse in leaves]
    return list(dict.fromkeys(names))


def _first_and_last(client: ERPNextClient, found: Checkup, zone: ZoneInfo) -> None:
    first = list(_moments(client, "asc", zone))
    last = list(_moments(client, "desc", zone))
    found.first_sale_at = min(first, default=None)
    found.last_sale_at = max(last, default=None)


def _moments(client: ERPNextClient, direction: str, zone: ZoneInfo) -> Iterator[datetime]:
    """The first or last moment of each kind of invoice."""
    for doctype, rule in _COUNTED.items():
        filters = [[name, "=", value] for name, value in rule.items()]
        order = f"posting_date {direction}, posting_time {direction}, name {direction}"
        for invoice in client.records(Query(doctype, ["posting_date", "posting_time"], filters, order, limit=1)):
            day = datetime.combine(date.fromisoformat(str(invoice["posting_date"])), datetime.min.time())
            local = day + time_of_day(invoice["posting_time"])
            yield local.replace(tzinfo=zone).astimezone(UTC)


def _problem(error: SourceError) -> Problem:
    status = error.status if isinstance(error, HttpError) else None
    if status == 401:
        return Problem("The site does not accept the API key and secret.", _KEY_REMEDY, is_fatal=True)
    if status == 403:
        remedy = "Give the API user a role with Read on the DocTypes that docs/connect/erpnext.md lists."
        return Problem(str(error), remedy, is_fatal=True)
    if status == 429:
        remedy = "Wait as long as it says, or raise `rate_limit` in the site's configuration."
        return Problem(str(error), remedy, is_fatal=True)
    return Problem(str(error), "Look at the address in `url` and whether the site answers in a browser.", is_fatal=True)
