"""Logging in to an Odoo database: which version it is, how it is called, and what its user may see."""

from __future__ import annotations

from typing import Final

import httpx

from connectors.http import ApiClient
from connectors.odoo.client import Json2, JsonRpc, OdooClient
from connectors.odoo.refusals import OdooRefusal
from connectors.odoo.settings import OdooSource
from retail.errors import SourceError

FIRST_WITH_JSON2: Final = 19


def connect(
    source: OdooSource, key: str, *, transport: httpx.BaseTransport | None = None, wait_seconds: float = 1.0
) -> OdooClient:
    """Find out the version and log in.

    Args:
        source: The source's entry of `sources.yaml`.
        key: API key of the user.
        transport: Replaces the network in tests.
        wait_seconds: First wait before a request is tried again.

    Raises:
        ConfigurationError: The address is none.
        SourceError: The server cannot be reached, or the login or database is wrong.
    """
    headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": source.database}
    api = ApiClient(
        "odoo",
        source.url,
        headers,
        ca_file=source.ca_file,
        transport=transport,
        wait_seconds=wait_seconds,
        retries_500=False,
    )
    try:
        return _logged_in(source, api, key)
    except SourceError:
        api.close()
        raise


def _logged_in(source: OdooSource, api: ApiClient, key: str) -> OdooClient:
    old = JsonRpc(api, source.database, key)
    version = old.version()
    if int(version.split(".")[0]) >= FIRST_WITH_JSON2:
        client = OdooClient(api, Json2(api), version)
    else:
        old.log_in(source.user)
        client = OdooClient(api, old, version)
    client.name_no_related()
    _narrow(client, source.user)
    return client


def _narrow(client: OdooClient, user: str) -> None:
    """Read in the user's language, and from all of the user's companies."""
    fields = ["company_ids", "lang"]
    try:
        found = client.search_read("res.users", [["login", "=", user]], fields, limit=1)
    except OdooRefusal as error:
        if error.kind not in {"access", "field"}:
            raise
        return
    if found:
        client.context["allowed_company_ids"] = sorted(found[0]["company_ids"])
        if found[0].get("lang"):
            client.context["lang"] = found[0]["lang"]
