"""Asking the database: one session for small answers (PyMySQL), and bulk reads as Arrow (connectorx).

Both verify the server's certificate unless the settings say otherwise, and both send only what `only_select` passes.
No message of theirs is shown as it came, since libraries put addresses with passwords into them.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from typing import Any, Final
from urllib.parse import quote, urlencode

import pyarrow as pa
import pymysql
import pymysql.converters
from pymysql.cursors import SSCursor

from connectors.ospos.failures import explained
from connectors.ospos.settings import OsposSource
from connectors.ospos.statements import only_select
from retail.errors import ConfigurationError

CONNECT_SECONDS: Final = 10
READ_SECONDS: Final = 600
FETCH_ROWS: Final = 20_000
SCHEMA_TABLES: Final = frozenset({"information_schema.tables"})

_AS_TEXT: Final[dict[Any, Any]] = {
    known: encode for known, encode in pymysql.converters.conversions.items() if not isinstance(known, int)
}
"""How values are written; with nothing said of how they are read, every answer comes as text."""

Row = tuple[str | None, ...]


class OsposClient:
    """A login to the database of one shop.

    Args:
        source: Where it is.
        password: Of the user.
        tables: Names, without prefix, of the tables that may be read.

    Raises:
        ConfigurationError: `ca_file` cannot be read.
        SourceError: The server cannot be reached or does not let the user in.
    """

    def __init__(self, source: OsposSource, password: str, tables: AbstractSet[str]) -> None:
        self.source = source
        self._password = password
        self._readable = {f"{source.table_prefix}{table}".lower() for table in tables} | SCHEMA_TABLES
        self._context = _tls(source)
        with explained(source, "the login"):
            self._session = pymysql.connect(
                host=source.host,
                port=source.port,
                user=source.user,
                password=password.encode(),
                database=source.database,
                charset="utf8mb4",
                conv=_AS_TEXT,
                ssl=self._context,
                autocommit=True,
                init_command="SET SESSION TRANSACTION READ ONLY",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
            )

    def table(self, name: str) -> str:
        """A table's name in the database, quoted."""
        return f"`{self.source.table_prefix}{name}`"

    def rows(self, sql: str, what: str) -> list[Row]:
        """A small answer, every value as text.

        Raises:
            SourceError: It was not given; names `what` (the table).
        """
        return [row for page in self.pages(sql, what) for row in page]

    def one(self, sql: str, what: str) -> Row:
        """The first row of an answer that always has one."""
        return self.rows(sql, what)[0]

    def pages(self, sql: str, what: str) -> Iterator[list[Row]]:
        """An answer of any length, some thousand rows at a time. No other question may be asked meanwhile."""
        checked = only_select(sql, self._readable)
        with explained(self.source, what), self._session.cursor(SSCursor) as cursor:
            cursor.execute(checked)
            while page := cursor.fetchmany(FETCH_ROWS):
                yield page

    def bulk(self, sql: str, what: str) -> pa.Table:
        """A large answer as Arrow, over a connection of its own; ten times as fast, and slower to begin.

        Raises:
            SourceError: It was not given; names `what` (the table).
        """
        import connectorx

        checked = only_select(sql, self._readable)
        with explained(self.source, what):
            # dlt reads databases this way too (docs/decisions/0008).
            return connectorx.read_sql(self._url(), checked, return_type="arrow", protocol="binary")

    def close(self) -> None:
        """Log out."""
        with suppress(pymysql.err.Error):  # a session that was lost is closed already
            self._session.close()

    def _url(self) -> str:
        source = self.source
        # Not over the server's socket: a socket knows no certificate, and may belong to another server.
        options = {"prefer_socket": "false", "ssl-mode": "DISABLED"}
        if source.tls == "verify":
            options["ssl-mode"] = "VERIFY_IDENTITY"
            trusted = source.ca_file or ssl.get_default_verify_paths().cafile
            if trusted:
                options["ssl-ca"] = str(trusted)
        user, password = quote(source.user, safe=""), quote(self._password, safe="")
        host = f"[{source.host}]" if ":" in source.host else source.host
        address = f"{host}:{source.port}/{quote(source.database, safe='')}"
        return f"mysql://{user}:{password}@{address}?{urlencode(options, quote_via=quote)}"


@contextmanager
def opened(source: OsposSource, password: str, tables: AbstractSet[str]) -> Iterator[OsposClient]:
    """A client that is closed at the end."""
    client = OsposClient(source, password, tables)
    try:
        yield client
    finally:
        client.close()


def _tls(source: OsposSource) -> ssl.SSLContext | None:
    if source.tls == "off":
        return None
    try:
        context = ssl.create_default_context(cafile=source.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"ospos: ca_file: {source.ca_file} cannot be read as certificates: {error}."
        ) from error
    # Certificates that MySQL makes for itself are not as strict as Python 3.13 wants them; they are verified as before.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
