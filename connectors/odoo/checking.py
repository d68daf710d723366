"""Looking at an Odoo database without loading anything: for `tillsight connect` and `tillsight doctor`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from connectors.checkup import Checkup, Problem
from connectors.odoo.client import OdooClient
from connectors.odoo.companies import companies, company_zones
from connectors.odoo.fields import map_fields
from connectors.odoo.opened import SALES_MODELS
from connectors.odoo.refusals import OdooRefusal
from connectors.odoo.reported import ORDER_STATES, POS_STATES
from connectors.odoo.settings import OdooSource
from connectors.odoo.tables import TABLES
from retail.errors import SourceError

SUPPORTED: Final = (14, 19)
_SALES: Final = (("pos.order", POS_STATES), ("sale.order", ORDER_STATES))
_MODULES: Final[Mapping[str, str]] = {
    "pos": "Point of Sale",
    "sale": "Sales",
    "stock": "Inventory",
    "purchase": "Purchase",
}


def look(client: OdooClient, source: OdooSource) -> Checkup:
    """Say what is there and what is missing.

    Raises:
        SourceError: The server stopped answering.
    """
    checkup = Checkup("odoo", f"Odoo {client.version} at {source.url}", problems=_version_problems(client.version))
    missing = _missing(client, checkup.problems)
    if all(any(model in missing for model in models) for models in SALES_MODELS):
        remedy = "Grant read access to pos.order and its lines, or to sale.order and its lines (docs/connect/odoo.md)."
        checkup.problems.append(Problem("neither tickets nor sale orders can be read", remedy, is_fatal=True))
    if "res.company" not in missing:
        _see_companies(client, source, checkup)
    if "stock.warehouse" not in missing:
        checkup.stores = [one["name"] for one in client.search_read("stock.warehouse", [], ["name"])]
    if "product.product" not in missing:
        checkup.products = int(client.call("product.product", "search_count", domain=[]))
    _see_sales(client, missing, checkup)
    return checkup


def _version_problems(version: str) -> list[Problem]:
    first, last = SUPPORTED
    if first <= int(version.split(".")[0]) <= last:
        return []
    what = f"Odoo {version} was never tried: the connector is made for {first} to {last}"
    return [Problem(what, "Load it and compare the totals on the data-health page.", is_fatal=False)]


def _missing(client: OdooClient, problems: list[Problem]) -> set[str]:
    """Models that cannot be read, each with its problem."""
    missing: set[str] = set()
    for table in TABLES:
        if table.model in missing:
            continue
        try:
            map_fields(client, table)
            client.call(table.model, "search", domain=list(table.domain), limit=1)
        except OdooRefusal as error:
            if error.kind not in {"access", "model"}:
                raise
            missing.add(table.model)
            what = f"{table.model} cannot be read, so these are missing: {table.purpose}"
            problems.append(Problem(what, _remedy(error), is_fatal=table.is_required))
        except SourceError as error:
            missing.add(table.model)
            problems.append(Problem(str(error), "Without that field this table cannot be loaded.", is_fatal=True))
    return missing


def _remedy(error: OdooRefusal) -> str:
    if error.kind == "access":
        return f"Grant the group of the reading user read access to {error.model} (docs/connect/odoo.md)."
    module = _MODULES.get(error.model.split(".")[0])
    return f"Install {module}, if the shop uses it." if module else "Nothing to do where the shop does not use it."


def _see_companies(client: OdooClient, source: OdooSource, checkup: Checkup) -> None:
    numbers = companies(client)
    zones = company_zones(client, numbers, source.time_zone)
    checkup.time_zone = next((zones[number] for number in numbers if number in zones), None)
    found = client.search_read("res.company", [["id", "in", numbers]], ["currency_id"])
    codes = client.search_read("res.currency", [["id", "in", [_id(one["currency_id"]) for one in found]]], ["name"])
    names = {one["id"]: one["name"] for one in codes}
    checkup.currency = next((names[_id(one["currency_id"])] for one in found if _id(one["currency_id"]) in names), None)


def _see_sales(client: OdooClient, missing: set[str], checkup: Checkup) -> None:
    moments: list[datetime] = []
    for model, states in _SALES:
        if model in missing:
            continue
        domain = [["state", "in", list(states)]]
        checkup.sales = (checkup.sales or 0) + int(client.call(model, "search_count", domain=domain))
        for order in ("date_order", "date_order desc"):
            moments += _moments(client.search_read(model, domain, ["date_order"], order=order, limit=1))
    if moments:
        checkup.first_sale_at, checkup.last_sale_at = min(moments), max(moments)


def _moments(orders: Sequence[Mapping[str, Any]]) -> list[datetime]:
    return [datetime.fromisoformat(order["date_order"]).replace(tzinfo=UTC) for order in orders]


def _id(value: Any) -> int:
    return int(value[0]) if isinstance(value, list) else int(value)
