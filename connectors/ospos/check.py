"""A look at an OSPOS for `tillsight connect` and `tillsight doctor`."""

from __future__ import annotations

from connectors.checkup import Checkup, Problem
from connectors.credentials import credential
from connectors.ospos.client import OsposClient, opened
from connectors.ospos.look import Shop, look_around
from connectors.ospos.settings import OsposSource
from connectors.ospos.tables import READABLE
from retail.errors import ConfigurationError, SourceError
from retail.settings import Settings
from retail.workspace import Workspace

_MEANS = {
    "items_taxes": "the usual tax rates of products stay unknown",
    "item_quantities": "there is no stock on hand",
    "inventory": "there are no stock movements, and deleted sales are noticed once a day only",
    "receivings": "there are no receipts of goods, and transfers count as receipts",
    "receivings_items": "there are no receipts of goods",
    "suppliers": "there are no suppliers",
    "customers": "there are no customers",
    "people": "customers have neither names nor hashes of their contacts",
}


def check(source: OsposSource, workspace: Workspace, settings: Settings) -> Checkup:
    """Log in and look around; what is wrong goes into `problems`."""
    found = Checkup("ospos", f"{source.host}:{source.port}/{source.database}")
    try:
        password = credential(workspace, settings, "ospos_password")
        with opened(source, password, READABLE) as client:
            shop = look_around(client)
            found.server = f"OSPOS on {shop.server} at {source.host}:{source.port}/{source.database}"
            _describe(client, shop, found)
    except (SourceError, ConfigurationError) as error:
        what, _, remedy = str(error).partition(". ")
        found.problems.append(Problem(what.rstrip("."), remedy or "Mend that and try again.", is_fatal=True))
    return found


def _describe(client: OsposClient, shop: Shop, found: Checkup) -> None:
    locations = client.rows(
        f"select `location_name` from {client.table('stock_locations')} where `deleted` = 0 order by `location_id`",
        "stock_locations",
    )
    found.stores = [name or "" for (name,) in locations]
    found.products = int(client.one(f"select count(*) as n from {client.table('items')}", "items")[0] or 0)
    wall = "timestampdiff(second, '1970-01-01', {}(`sale_time`))"
    count, first, last = client.one(
        f"select count(*) as n, {wall.format('min')} as a, {wall.format('max')} as b from {client.table('sales')} "
        "where `sale_status` = 0 and `sale_type` in (0, 1, 4)",
        "sales",
    )
    found.sales = int(count or 0)
    found.first_sale_at = shop.clock.moment(int(first) if first else None)
    found.last_sale_at = shop.clock.moment(int(last) if last else None)
    found.time_zone = shop.clock.name
    found.currency = shop.currency
    found.problems += [
        Problem(f"{error.what}, so {_MEANS[table]}", error.remedy, is_fatal=False)
        for table, error in shop.refused.items()
    ]
    if shop.currency is None:
        found.problems.append(
            Problem(
                "the shop says no code of its currency, so the workspace's reporting currency is taken",
                "Enter it in OSPOS under Configuration, Locale, Currency Code, if that is another one.",
                is_fatal=False,
            )
        )
    if not found.sales:
        found.problems.append(
            Problem("there is no completed sale yet", "Look whether this is the right database.", is_fatal=False)
        )
