"""Asking an InvenTree server: GET alone, and only on the paths of a list."""

from __future__ import annotations

from typing import Any, Final

import httpx

from connectors.http import ApiClient, HttpError
from connectors.inventree.settings import InvenTreeSource
from retail.errors import ConfigurationError, SourceError

ROOT: Final = "api/"
ROLES: Final = "api/user/roles/"
RATES: Final = "api/currency/exchange/"
LISTS: Final = frozenset(
    {
        "api/company/",
        "api/company/part/",
        "api/company/price-break/",
        "api/order/po/",
        "api/order/po-line/",
        "api/part/",
        "api/part/category/",
        "api/part/sale-price/",
        "api/stock/",
        "api/stock/location/",
    }
)
READING_PATHS: Final = LISTS | {ROOT, ROLES, RATES}
"""Everything that is ever asked for. The same paths take POST, PUT, PATCH and DELETE, which no code here can send."""


class InvenTreeClient:
    """One server, one token.

    Args:
        source: Its section of `sources.yaml`.
        token: The API token.
        transport: Replaces the network in tests.

    Raises:
        ConfigurationError: The address or the certificates are wrong.
    """

    def __init__(self, source: InvenTreeSource, token: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.source = source.type
        self._http = ApiClient(
            source.type,
            _server(source.url),
            {"Authorization": f"Token {token}", "Accept": "application/json"},
            ca_file=source.ca_file,
            transport=transport,
        )
        self.host = self._http.host

    def get(self, path: str, what: str, **params: str | int) -> Any:
        """The decoded answer.

        Args:
            path: One of `READING_PATHS`.
            what: What is asked for, for messages.
            params: Query parameters. The server passes over those that it does not know.

        Raises:
            HttpError: The server did not answer, or not with what was asked for.
            ValueError: The path is not on the list.
        """
        if path not in READING_PATHS:
            raise ValueError(f"{path} is not among the paths that may be read.")
        return self._http.request("GET", path, what=what, params=params)

    def about(self) -> dict[str, Any]:
        """What the server says about itself, which it does without a token.

        Raises:
            ConfigurationError: There is no InvenTree at the address.
            HttpError: It did not answer.
        """
        stranger = ConfigurationError(
            f"{self.source}: url: no InvenTree answers at {self.host}. Give the address of its web page, "
            "such as https://stock.example."
        )
        try:
            about = self.get(ROOT, "server")
        except HttpError as error:
            if error.status in {404, 405, 410}:
                raise stranger from error
            raise
        if not isinstance(about, dict) or about.get("server") != "InvenTree":
            raise stranger
        return about

    def roles(self) -> dict[str, Any]:
        """What the user of the token may do.

        Raises:
            SourceError: The token is not accepted.
        """
        try:
            roles = self.get(ROLES, "login")
        except HttpError as error:
            if error.status in {401, 403}:
                raise SourceError(
                    f"{self.source}: login: {self.host} does not accept the token. It may be wrong, revoked or "
                    "expired: make a new one and run `tillsight connect inventree` again."
                ) from error
            raise
        if not isinstance(roles, dict):
            raise SourceError(f"{self.source}: login: {self.host} does not say what the user of the token may do.")
        return roles

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _server(url: str) -> str:
    """The address without what people copy along from their browser or from the API's documentation."""
    return url.rstrip("/").removesuffix("/api").removesuffix("/web")
