"""Logging in and looking around: which server it is and what may be read. Nothing is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connectors.credentials import credential
from connectors.inventree.client import RATES, InvenTreeClient
from connectors.inventree.rights import Rights
from connectors.inventree.settings import InvenTreeSource
from connectors.inventree.tables import EXCHANGE_RATE
from retail.settings import Settings
from retail.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Look:
    """What was found.

    Attributes:
        version: Version of the server.
        api_version: Version of its API.
        rights: What the user of the token may view.
        base_currency: The server's own currency, an ISO 4217 code.
        rates: Rows of `exchange_rate`: units of each currency for one of the server's own, as of now.
    """

    version: str | None
    api_version: int | None
    rights: Rights
    base_currency: str | None
    rates: list[dict[str, Any]] = field(default_factory=list)


def log_in(source: InvenTreeSource, workspace: Workspace, settings: Settings) -> InvenTreeClient:
    """A client with the token of the workspace.

    Raises:
        ConfigurationError: There is no token, or the address or the certificates are wrong.
    """
    return InvenTreeClient(source, credential(workspace, settings, "inventree_token"))


def look_around(client: InvenTreeClient) -> Look:
    """Ask what server it is and what its user may view.

    Raises:
        ConfigurationError: There is no InvenTree at the address.
        SourceError: It does not answer, or does not accept the token.
    """
    about = client.about()
    rights = Rights(client.roles())
    answer = client.get(RATES, EXCHANGE_RATE.read_from)
    money: dict[str, Any] = answer if isinstance(answer, dict) else {}
    base, rates = money.get("base_currency"), money.get("exchange_rates")
    return Look(
        version=about.get("version"),
        api_version=about.get("apiVersion"),
        rights=rights,
        base_currency=base,
        rates=[
            {"currency": currency, "base_currency": base, "rate": rate, "updated": money.get("updated")}
            for currency, rate in (rates if isinstance(rates, dict) else {}).items()
            if currency != base
        ],
    )
