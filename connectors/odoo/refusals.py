"""What Odoo says when it refuses, in plain words: both transports name the Python exception that they ran into."""

from __future__ import annotations

import re
from typing import Final, Literal

from connectors.http import HttpError
from retail.errors import SourceError

Kind = Literal["login", "access", "model", "field", "argument", "database", "other"]

_MISSING_MODEL: Final = re.compile(r"^Object .* doesn't exist|model .* does not exist|^'?[a-z_]+(\.[a-z_.]+)+'?$", re.I)
_INVALID_FIELD: Final = re.compile(r"Invalid field '?([\w.]+)'?", re.I)
_UNKNOWN_ARGUMENT: Final = re.compile(r"unexpected keyword argument", re.I)
_NO_DATABASE: Final = re.compile(r"database .* does not exist", re.I)

_REMEDY: Final[dict[Kind, str]] = {
    "login": (
        "the login is not accepted. Check `user` and its API key, whether the key has expired (on 19 every key does), "
        "and on Odoo Online whether the plan is Custom: others have no external API"
    ),
    "access": "this user may not read it. Grant its group read access to {model}, as docs/connect/odoo.md lists",
    "model": "this database has no {model}. Install the module that brings it, where the shop uses it",
    "field": "it has no field {field}. Run again, since the fields are looked up each time; else report it",
    "argument": "this version does not take an argument of the request. Report the version of the server",
    "database": "there is no such database. Check `database` against the names at <url>/web/database/selector",
    "other": "it ran into an error of its own ({name}). Look into the server's log",
}


class OdooRefusal(SourceError):
    """Odoo refused a call.

    Attributes:
        kind: Why, as far as it can be told.
        model: Model that was called, or what else was asked for.
    """

    def __init__(self, message: str, *, kind: Kind, model: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.model = model


def refusal(model: str, name: str, message: str) -> OdooRefusal:
    """The refusal for an exception of the server. Its message is not repeated: it may name people."""
    kind = _kind(name.rsplit(".", 1)[-1], message)
    field = _INVALID_FIELD.search(message)
    words = _REMEDY[kind].format(model=model, field=field.group(1) if field else "", name=name.rsplit(".", 1)[-1])
    return OdooRefusal(f"odoo: {model}: {words}.", kind=kind, model=model)


def http_refusal(model: str, error: HttpError) -> OdooRefusal | None:
    """The same for an answer of JSON-2; None where the server did not get as far as Odoo."""
    if error.status == 401:
        return refusal(model, "AccessDenied", "")
    body = error.body if isinstance(error.body, dict) else {}
    name, message = body.get("name"), body.get("message")
    if not isinstance(name, str) or not isinstance(message, str):
        return None
    if error.status == 403:
        return refusal(model, "AccessError", message)
    if error.status == 404:
        return refusal(model, "KeyError", model)
    return refusal(model, name, message)


def _kind(exception: str, message: str) -> Kind:
    if _NO_DATABASE.search(message):
        return "database"
    if exception == "AccessDenied":
        return "login"
    if exception == "AccessError":
        return "access"
    if _UNKNOWN_ARGUMENT.search(message):
        return "argument"
    if _INVALID_FIELD.search(message):
        return "field"
    if _MISSING_MODEL.search(message.strip()):
        return "model"
    return "other"
