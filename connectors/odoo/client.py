"""Calling Odoo: JSON-2 from version 19 on, JSON-RPC before. Only reading methods can be called."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from connectors.http import ApiClient, HttpError
from connectors.odoo.refusals import OdooRefusal, http_refusal, refusal
from retail.errors import SourceError

READING_METHODS: Final = frozenset(
    {"search_read", "search", "search_count", "read", "fields_get", "read_group", "formatted_read_group"}
)
"""Methods of models that may be called. None of them writes."""

COMMON_METHODS: Final = frozenset({"version", "authenticate"})
"""Methods of the service `common` that may be called."""

_MODEL: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_POSITIONAL: Final[Mapping[str, str]] = {"search": "domain", "search_count": "domain", "read": "ids"}
"""The argument that JSON-RPC takes by position, since its name differs between versions."""

Domain = Sequence[Any]
Context = Mapping[str, Any]


class Transport(Protocol):
    """One of Odoo's two ways of being called."""

    grouping_method: str

    def call(self, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call a method of a model with named arguments."""


class OdooClient:
    """Reads from one database. The same calls work on every version.

    Attributes:
        version: Such as `17.0`.
        context: Sent with every call: archived records too, and the companies to read.
    """

    def __init__(self, api: ApiClient, transport: Transport, version: str) -> None:
        self.version = version
        self.context: dict[str, Any] = {"active_test": False}
        self._api = api
        self._transport = transport
        self._loading: dict[str, Any] = {}

    def call(self, model: str, method: str, *, context: Context | None = None, **arguments: Any) -> Any:
        """Call a reading method with named arguments.

        Raises:
            SourceError: The server did not answer or refused (`OdooRefusal`), or the method is no reading one.
        """
        if method != "fields_get":
            arguments["context"] = {**self.context, **(context or {})}
        return self._transport.call(model, method, arguments)

    def search_read(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        order: str = "id",
        limit: int | None = None,
        context: Context | None = None,
    ) -> list[dict[str, Any]]:
        """Records with the named fields. A many2one is its id, or a list of id and name, by version."""
        arguments: dict[str, Any] = {"domain": list(domain), "fields": list(fields), "order": order, **self._loading}
        if limit is not None:
            arguments["limit"] = limit
        records = self.call(model, "search_read", context=context, **arguments)
        if not isinstance(records, list):
            raise SourceError(f"odoo: {model}: the answer is no list of records. Look whether `url` is right.")
        return records

    def groups(
        self, model: str, domain: Domain, by: Sequence[str], sums: Sequence[str], *, context: Context | None = None
    ) -> list[dict[str, Any]]:
        """Sums that the server makes. A group has its `__count`, each `<field>` summed, each key, and its domain."""
        method = self._transport.grouping_method
        names = [f"{name}:sum" for name in sums]
        if method == "formatted_read_group":
            aggregates = [*names, "__count"]
            found = self.call(model, method, context=context, domain=domain, groupby=list(by), aggregates=aggregates)
            return [{**group, **{name: group[f"{name}:sum"] for name in sums}} for group in found]
        # Without any field, old versions sum all of them.
        fields = names or list(by)
        found = self.call(model, method, context=context, domain=domain, fields=fields, groupby=list(by), lazy=False)
        return list(found)

    def name_no_related(self) -> None:
        """Ask for ids without names where the server can leave the names out: it is twice as fast."""
        try:
            self.call("res.company", "search_read", domain=[], fields=["id"], limit=1, load="")
        except OdooRefusal as error:
            if error.kind != "argument":
                raise
        else:
            self._loading = {"load": ""}

    def close(self) -> None:
        """Close the connections."""
        self._api.close()


def _must_read(model: str, method: str) -> None:
    """Let only reading methods through, just before they are sent, and no model whose name is a longer address."""
    if method not in READING_METHODS or not _MODEL.fullmatch(model):
        raise SourceError(f"odoo: {model}.{method} is no reading method, and only those are ever called.")


class Json2:
    """`POST /json/2/<model>/<method>`, with the key in a header."""

    grouping_method = "formatted_read_group"

    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def call(self, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call a method of a model with named arguments."""
        _must_read(model, method)
        try:
            return self._api.request("POST", f"json/2/{model}/{method}", what=model, body=arguments)
        except HttpError as error:
            refused = http_refusal(model, error)
            if refused is None:
                raise
            raise refused from error


class JsonRpc:
    """`POST /jsonrpc`, with database, user number and key in every call."""

    grouping_method = "read_group"

    def __init__(self, api: ApiClient, database: str, key: str) -> None:
        self._api = api
        self._database = database
        self._key = key
        self._user: int | None = None
        self._numbers = itertools.count(1)

    def version(self) -> str:
        """Which Odoo it is, as it tells anybody: `17.0`; of Odoo Online, `17.2` for `saas~17.2`.

        Raises:
            SourceError: It is no Odoo.
        """
        try:
            answer, name = self._ask("the version", "common", "version", []), "server_version"
        except HttpError as error:
            if error.status != 404:
                raise
            # Versions after 19 do without JSON-RPC.
            answer, name = self._api.request("GET", "web/version", what="the version"), "version"
        numbers = re.search(r"(\d+)\.(\d+)", str(answer.get(name, ""))) if isinstance(answer, dict) else None
        if numbers is None:
            raise SourceError("odoo: the version: the server does not say which Odoo it is. Check `url`.")
        return f"{numbers[1]}.{numbers[2]}"

    def log_in(self, user: str) -> None:
        """Find the user's number.

        Raises:
            OdooRefusal: The login or the database is wrong.
        """
        found = self._ask("the login", "common", "authenticate", [self._database, user, self._key, {}])
        if not found:
            raise refusal("the login", "AccessDenied", "")
        self._user = int(found)

    def call(self, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call a method of a model with named arguments."""
        _must_read(model, method)
        named = dict(arguments)
        placed = [named.pop(_POSITIONAL[method])] if method in _POSITIONAL else []
        return self._ask(
            model,
            "object",
            "execute_kw",
            [self._database, self._user, self._key, model, method, placed, named],
        )

    def _ask(self, what: str, service: str, method: str, arguments: list[Any]) -> Any:
        if (service, method) != ("object", "execute_kw") and (service != "common" or method not in COMMON_METHODS):
            raise SourceError(f"odoo: {service}.{method} is no reading method, and only those are ever called.")
        parameters = {"service": service, "method": method, "args": arguments}
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._numbers), "params": parameters}
        answer = self._api.request("POST", "jsonrpc", what=what, body=body)
        if not isinstance(answer, dict):
            raise SourceError(f"odoo: {what}: the answer is none of Odoo's. Check `url`.")
        error = answer.get("error")
        if error is not None:
            data = error.get("data") or {}
            raise refusal(
                what, str(data.get("name") or "Error"), str(data.get("message") or error.get("message") or "")
            )
        return answer.get("result")
