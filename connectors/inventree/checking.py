"""Looking at a server for `tillsight connect` and `tillsight doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.checkup import Checkup, Problem
from connectors.inventree.client import InvenTreeClient
from connectors.inventree.listing import count_list, read_list
from connectors.inventree.look import Look, log_in, look_around
from connectors.inventree.rights import Rights
from connectors.inventree.settings import InvenTreeSource
from connectors.inventree.tables import (
    CATEGORY,
    COMPANY,
    LISTINGS,
    LOCATION,
    PART,
    PRICE_BREAK,
    PURCHASE_ORDER,
    PURCHASE_ORDER_LINE,
    SALE_PRICE,
    STOCK,
    SUPPLIER_PART,
)
from retail.settings import Settings
from retail.workspace import Workspace

_MEANING: Final = {
    STOCK.table.name: "nothing can be loaded",
    LOCATION.table.name: "nothing can be loaded",
    PART.table.name: "nothing can be loaded",
    CATEGORY.table.name: "products have no category",
    SALE_PRICE.table.name: "list prices stay unknown",
    COMPANY.table.name: "suppliers have no names",
    SUPPLIER_PART.table.name: "it is unknown who supplies what, and in which packs",
    PRICE_BREAK.table.name: "agreed costs stay unknown",
    PURCHASE_ORDER.table.name: "what is on order stays unknown",
    PURCHASE_ORDER_LINE.table.name: "what is on order stays unknown",
}


def check(source: InvenTreeSource, workspace: Workspace, settings: Settings) -> Checkup:
    """Log in, and say what is there and what is missing.

    Raises:
        ConfigurationError: There is no token, or no InvenTree at the address.
        SourceError: It does not answer, or does not accept the token.
    """
    client = log_in(source, workspace, settings)
    try:
        look = look_around(client)
        return _checkup(client, look)
    finally:
        client.close()


def _checkup(client: InvenTreeClient, look: Look) -> Checkup:
    rights = look.rights
    checkup = Checkup(
        source=client.source,
        server=f"InvenTree {look.version} (API {look.api_version}) at {client.host}",
        currency=look.base_currency,
        problems=[*_missing_rights(rights), *_needless_rights(rights)],
    )
    if rights.may_read(LOCATION):
        locations = read_list(client, LOCATION)
        checkup.stores = sorted(str(location["name"]) for location in locations if location["parent"] is None)
        if not checkup.stores:
            checkup.problems.append(
                Problem(
                    "there is no stock location, so there are no stores",
                    "Make a top-level stock location for each store or warehouse",
                    is_fatal=False,
                )
            )
    if rights.may_read(PART):
        checkup.products = count_list(client, PART)
    return checkup


def _missing_rights(rights: Rights) -> Iterator[Problem]:
    for listing in LISTINGS:
        if not rights.may_read(listing):
            yield Problem(
                f"{rights.user} may not view {listing.table.read_from}, so {_MEANING[listing.table.name]}",
                f"Give one of its groups the role {listing.role}, view only",
                is_fatal=listing.is_essential,
            )


def _needless_rights(rights: Rights) -> Iterator[Problem]:
    changes = rights.changes()
    if changes == ["superuser"]:
        yield Problem(
            f"{rights.user} is a superuser, which is more than reading needs",
            "Make the token as a user whose groups have view only",
            is_fatal=False,
        )
    elif changes:
        yield Problem(
            f"{rights.user} may also change things ({', '.join(changes)}), which reading does not need",
            "Leave its groups view only in these roles",
            is_fatal=False,
        )
