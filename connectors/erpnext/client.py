"""Asking an ERPNext site. The client itself refuses whatever does not read: see `READING`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote, urlencode

import orjson

from connectors.http import ApiClient
from retail.errors import SourceError

Record = Mapping[str, Any]
Filter = Sequence[Any]
Field = str | Mapping[str, str]

GET_LIST: Final = "frappe.client.get_list"
READING: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        ("POST", GET_LIST),
        ("GET", "frappe.client.get_count"),
        ("GET", "frappe.client.get_time_zone"),
        ("GET", "frappe.utils.change_log.get_versions"),
        ("GET", "frappe.auth.get_logged_user"),
    }
)
"""Methods that may be called, each with its transport. Beside them only GET on `/api/resource` is let through."""

REFUSALS: Final = frozenset({403, 404, 417, 500})
"""What a site answers to a question that its version or the user's rights do not allow: no reason to stop over a total
that nothing is made from."""

_RESOURCE: Final = re.compile(r"api/resource/[^/?#]+(/[^/?#]+)?")
_METHOD: Final = re.compile(r"api/method/([A-Za-z0-9_.]+)")
_RUNS: Final = frozenset({"cmd", "run_method"})
"""Arguments that make a site run a method, whatever the path says."""

_LONGEST_QUERY: Final = 2000
"""Longer ones go into the body of a POST: servers refuse request lines from 4,094 characters on."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a DocType.

    Attributes:
        doctype: The DocType.
        fields: Fields, or aggregates in the form that `ERPNextClient.aggregate` gives.
        filters: Conditions `[field, operator, value]`, all of which hold.
        order_by: Columns with direction; empty for one total. Without one the order is arbitrary and pages overlap.
        start: Rows to skip.
        limit: Most rows; 0 for all. Never negative, which the server cannot do.
        parent: For a child table the DocType whose documents hold its rows.
        group_by: Fields to group by.
    """

    doctype: str
    fields: Sequence[Field]
    filters: Sequence[Filter] = ()
    order_by: str = "modified asc, name asc"
    start: int = 0
    limit: int = 0
    parent: str | None = None
    group_by: str | None = None

    def arguments(self) -> dict[str, Any]:
        """The arguments of the list methods.

        A child table is always asked for by the type of its parent too: else rows of other parents come along.
        """
        filters = [list(condition) for condition in self.filters]
        arguments: dict[str, Any] = {
            "fields": list(self.fields),
            "limit_start": self.start,
            "limit_page_length": self.limit,
        }
        if self.parent:
            arguments["parent"] = self.parent
            filters.append(["parenttype", "=", self.parent])
        if filters:
            arguments["filters"] = filters
        if self.order_by:
            arguments["order_by"] = self.order_by
        if self.group_by:
            arguments["group_by"] = self.group_by
        return arguments


class ERPNextClient:
    """Reads one site.

    Args:
        api: Transport to the site, with the credentials.
    """

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._has_text_functions: bool | None = None

    @property
    def host(self) -> str:
        """The site's host, for messages."""
        return self._api.host

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def records(self, query: Query) -> list[dict[str, Any]]:
        """The records that a query finds.

        Raises:
            HttpError: The site did not answer, or refused: 403 without the right, 404 for an unknown DocType, 417 for
                an unknown field.
            SourceError: The answer is no list of records.
        """
        arguments = query.arguments()
        params = {name: _as_param(value) for name, value in arguments.items()}
        if len(urlencode(params)) <= _LONGEST_QUERY:
            answer = self.call("GET", f"api/resource/{quote(query.doctype)}", what=query.doctype, params=params)
            return self._found(answer, "data", query.doctype)
        body = {"doctype": query.doctype, **arguments}
        answer = self.call("POST", f"api/method/{GET_LIST}", what=query.doctype, body=body)
        return self._found(answer, "message", query.doctype)

    def count(self, doctype: str, filters: Mapping[str, Any] | None = None) -> int:
        """How many documents of a DocType there are.

        Raises:
            SourceError: The site did not answer, or not with a number.
        """
        params: dict[str, str | int] = {"doctype": doctype}
        if filters:
            params["filters"] = _as_param(filters)
        answer = self.call("GET", "api/method/frappe.client.get_count", what=doctype, params=params)
        found = self._message(answer, doctype)
        if not isinstance(found, int):
            raise self._unexpected(doctype)
        return found

    def aggregate(self, query: Query, sums: Mapping[str, str], count_as: str) -> list[dict[str, Any]]:
        """Records with totals, grouped on the site's side by `query.group_by`.

        Up to 15 the site takes functions as text (`sum(x) as y`), from 16 on only as objects: what it takes is found
        out by asking once.

        Args:
            query: What is grouped; `fields` are those grouped by.
            sums: Names of the totals, each with the field that is added up.
            count_as: Name that the number of records gets.
        """
        text = ["count(name) as " + count_as, *(f"sum({field}) as {name}" for name, field in sums.items())]
        objects = [{"COUNT": "*", "as": count_as}, *({"SUM": field, "as": name} for name, field in sums.items())]
        if self._has_text_functions is not False:
            try:
                found = self.records(_with_fields(query, text))
            except SourceError as error:
                if getattr(error, "status", 0) != 417 or self._has_text_functions:
                    raise
            else:
                self._has_text_functions = True
                return found
        found = self.records(_with_fields(query, objects))
        self._has_text_functions = False
        return found

    def logged_user(self) -> str:
        """The user that the key belongs to."""
        return str(self._message(self._method("frappe.auth.get_logged_user", "the login"), "the login"))

    def versions(self) -> dict[str, str]:
        """Version of each installed app: `{"frappe": "15.90.0", "erpnext": "15.90.0"}`."""
        answer = self._message(self._method("frappe.utils.change_log.get_versions", "the versions"), "the versions")
        if not isinstance(answer, dict):
            raise self._unexpected("the versions")
        return {app: str(facts.get("version", "")) for app, facts in answer.items() if isinstance(facts, dict)}

    def time_zone(self) -> str | None:
        """IANA name of the site's time zone, in which all its moments are; None where it was never set."""
        answer = self._message(self._method("frappe.client.get_time_zone", "the time zone"), "the time zone")
        name = answer.get("time_zone") if isinstance(answer, dict) else None
        return str(name) if name else None

    def call(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        what: str,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
    ) -> Any:
        """Send one request, if it reads.

        Raises:
            SourceError: It is none of those that read, or the site could not answer it.
        """
        called = _METHOD.fullmatch(path)
        is_resource = method == "GET" and _RESOURCE.fullmatch(path) is not None
        runs = any(name in _RUNS for given in (params, body) if isinstance(given, Mapping) for name in given)
        if runs or (not is_resource and (called is None or (method, called.group(1)) not in READING)):
            raise SourceError(f"erpnext: {method} {path} is not sent: it is none of the requests that only read.")
        return self._api.request(method, path, what=what, params=params, body=body)

    def _method(self, name: str, what: str) -> Any:
        return self.call("GET", f"api/method/{name}", what=what)

    def _message(self, answer: object, what: str) -> Any:
        if not isinstance(answer, dict) or "message" not in answer:
            raise self._unexpected(what)
        return answer["message"]

    def _found(self, answer: object, key: str, what: str) -> list[dict[str, Any]]:
        records = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise self._unexpected(what)
        return records

    def _unexpected(self, what: str) -> SourceError:
        return SourceError(
            f"erpnext: {what}: {self.host} answered something else than was asked for. Look whether `url` is the "
            "address of the site itself."
        )


def _with_fields(query: Query, more: Sequence[Field]) -> Query:
    return Query(
        query.doctype,
        [*query.fields, *more],
        query.filters,
        query.order_by,
        query.start,
        query.limit,
        query.parent,
        query.group_by,
    )


def _as_param(value: object) -> str | int:
    return value if isinstance(value, str | int) else orjson.dumps(value).decode()
