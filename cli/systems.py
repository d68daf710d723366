"""What `connect` asks for each system: an option for every question, so that it runs unattended too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

Given = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """One setting of a source.

    Attributes:
        field: Name of the setting; its option is `--field` with dashes.
        text: What is asked.
        default: Makes the answer that is taken when nothing is typed, from what is known so far; None: there is none.
    """

    field: str
    text: str
    default: Callable[[Given], str | None] = lambda _: None

    @property
    def option(self) -> str:
        """The option that answers it."""
        return f"--{self.field.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class System:
    """A system that can be connected.

    Attributes:
        type: Its type in `sources.yaml`.
        name: What people call it.
        questions: What is asked, in order.
        secrets: What each credential is called, by the name of its setting.
        identity: Settings that say which business it is: with other ones, old rows belong to another business.
    """

    type: str
    name: str
    questions: tuple[Question, ...]
    secrets: Mapping[str, str]
    identity: tuple[str, ...]


def _database_of_host(given: Given) -> str | None:
    """Odoo Online names the database like the address."""
    host = str(given.get("url", "")).partition("://")[2].partition("/")[0]
    return host.removesuffix(".odoo.com") if host.endswith(".odoo.com") else None


def _tls(given: Given) -> str:
    """What stays on this machine needs no certificate, unless one is named."""
    return "off" if is_local(str(given["host"])) and not given.get("ca_file") else "verify"


def is_local(host: str) -> bool:
    """Whether a name or address is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_ALL: Final = (
    System(
        "odoo",
        "Odoo",
        (
            Question("url", "Address of Odoo (such as https://shop.odoo.com)"),
            Question("database", "Name of the database", _database_of_host),
            Question("user", "Login of the user that reads (such as tillsight@shop.example)"),
        ),
        {"odoo_api_key": "API key of that user"},
        ("url", "database"),
    ),
    System(
        "erpnext",
        "ERPNext",
        (Question("url", "Address of ERPNext (such as https://shop.frappe.cloud)"),),
        {"erpnext_api_key": "API key of the user that reads", "erpnext_api_secret": "API secret of that key"},
        ("url",),
    ),
    System(
        "ospos",
        "OSPOS",
        (
            Question("host", "Address of the database server", lambda _: "localhost"),
            Question("port", "Its port", lambda _: "3306"),
            Question("database", "Name of the database", lambda _: "ospos"),
            Question("user", "Database user that may only SELECT", lambda _: "tillsight"),
            Question("table_prefix", "What names of tables begin with", lambda _: "ospos_"),
            Question("tls", "TLS: verify, or off for a server in your own network", _tls),
        ),
        {"ospos_password": "Password of the database user"},
        ("host", "port", "database", "table_prefix"),
    ),
    System(
        "inventree",
        "InvenTree",
        (Question("url", "Address of InvenTree (such as https://stock.example)"),),
        {"inventree_token": "API token of the user that reads"},
        ("url",),
    ),
)

SYSTEMS: Final[Mapping[str, System]] = {system.type: system for system in _ALL}
"""What is asked for each type of server."""
