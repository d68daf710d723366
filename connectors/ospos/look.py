"""Looking around in a database before anything is read: which tables can be, and what the shop says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from connectors.ospos.client import OsposClient
from connectors.ospos.clock import ShopClock
from connectors.ospos.customers import customers_source
from connectors.ospos.failures import DENIED, MISSING_TABLE, DatabaseError
from connectors.ospos.tables import CONFIG_KEYS, SPECS
from retail.errors import SourceError

DEFAULT_ZONE: Final = "America/New_York"
"""Zone of an OSPOS in which nobody has chosen one."""

OLDEST: Final = {"MariaDB": (10, 0), "MySQL": (5, 6)}
"""Oldest servers that know sessions which may only read."""

_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Shop:
    """What a database holds.

    Attributes:
        server: Kind and version of the server.
        readable: Tables, without prefix, that the user can read.
        refused: Why the other ones cannot be read.
        config: The shop's own settings, of `CONFIG_KEYS`.
        clock: Its clock.
    """

    server: str
    readable: frozenset[str]
    refused: Mapping[str, DatabaseError]
    config: Mapping[str, str]
    clock: ShopClock

    @property
    def currency(self) -> str | None:
        """ISO 4217 code of its currency, where it says one."""
        code = self.config.get("currency_code", "").strip().upper()
        return code if _CURRENCY.fullmatch(code) else None

    @property
    def decimals(self) -> int:
        """Decimals that it rounds money to."""
        text = self.config.get("currency_decimals", "").strip()
        return int(text) if text in {"0", "1", "2", "3", "4"} else 0


def look_around(client: OsposClient) -> Shop:
    """Try each table.

    Raises:
        SourceError: The server is too old, the prefix is wrong, a column is missing, or a table without which nothing
            can be loaded cannot be read; names it.
    """
    server = server_version(client)
    config = shop_config(client)
    refused = {}
    for name, spec in SPECS.items():
        try:
            _try(client, name)
        except DatabaseError as error:
            if not (spec.is_optional and error.number in DENIED | {MISSING_TABLE}):
                raise
            refused[name] = error
    try:
        _try(client, "people")
    except DatabaseError as error:
        if error.number not in DENIED | {MISSING_TABLE}:
            raise
        refused["people"] = error
    readable = (frozenset(SPECS) | {"people"}) - refused.keys()
    return Shop(server, readable, refused, config, ShopClock(config.get("timezone") or DEFAULT_ZONE))


def server_version(client: OsposClient) -> str:
    """Kind and version: `MariaDB 10.11.19`.

    Raises:
        SourceError: It is too old.
    """
    (text,) = client.one("select version() as version", "the server")
    found = re.match(r"(?:5\.5\.5-)?(\d+)\.(\d+)[.\d]*", text or "")
    kind = "MariaDB" if "mariadb" in (text or "").lower() else "MySQL"
    if found and (int(found[1]), int(found[2])) < OLDEST[kind]:
        raise SourceError(
            f"ospos: the server is {kind} {found[0]}, which is too old. OSPOS 3.4 itself needs a newer one: upgrade it."
        )
    return f"{kind} {found[0] if found else text}"


def shop_config(client: OsposClient) -> dict[str, str]:
    """The shop's settings, as far as they are read.

    Raises:
        SourceError: There is no such table; names the prefix under which there is one.
    """
    keys = ", ".join(f"'{key}'" for key in CONFIG_KEYS)
    table = client.table("app_config")
    try:
        rows = client.rows(f"select `key` as name, `value` from {table} where `key` in ({keys})", "app_config")
    except DatabaseError as error:
        if error.number in DENIED | {MISSING_TABLE} and (others := _prefixes(client)):
            found = ", ".join(repr(prefix) for prefix in others)
            raise DatabaseError(
                f"ospos: {client.source.database}: there is no table {client.source.table_prefix}sales to be read, "
                f"but there is one with the prefix {found}. Set `table_prefix` to that.",
                number=MISSING_TABLE,
            ) from None
        raise
    return {str(name): value or "" for name, value in rows}


def _prefixes(client: OsposClient) -> list[str]:
    """Prefixes of tables that look like those of OSPOS, other than the one that was given."""
    sql = (
        "select table_name as name from information_schema.tables where table_schema = database() "
        "and table_name like '%sales_items_taxes'"
    )
    names = [str(name).removesuffix("sales_items_taxes") for (name,) in client.rows(sql, "the list of tables")]
    return sorted(name for name in names if name != client.source.table_prefix)


def _try(client: OsposClient, name: str) -> None:
    """Ask for no row of a table, so that a missing table, column or right shows."""
    what = f"{client.source.table_prefix}{name}"
    if name == "people":
        columns = "`person_id`, `first_name`, `last_name`, `email`, `phone_number`"
        client.rows(f"select {columns} from {client.table(name)} limit 0", what)
    elif name == "customers":
        columns = "c.`person_id`, c.`date`, c.`consent`, c.`company_name`"
        client.rows(f"select {columns} {customers_source(client.table(name), None)} limit 0", what)
    else:
        client.rows(f"select {SPECS[name].expressions} from {client.table(name)} limit 0", what)
