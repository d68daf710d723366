"""Looking for a planted secret wherever a command may have left it."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import duckdb

from connectors.credentials import CREDENTIALS


def forms(secret: str) -> list[bytes]:
    """The secret as it may appear: as it is, in an address, and in the header of a basic login."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return [text.encode() for text in {secret, quote(secret), quote(secret, safe=""), encoded}]


def files_with(secret: str, folder: Path) -> list[str]:
    """Files below a folder that hold the secret, but for the one that is there to hold it."""
    kept = {name for names in CREDENTIALS.values() for name in names}
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (path.parent.name == "secrets" and path.name in kept) and _holds(path, secret)
    ]


def _holds(path: Path, secret: str) -> bool:
    content = path.read_bytes()
    if path.suffix == ".duckdb":  # compressed: what its tables hold is read through DuckDB as well
        content += _values(path)
    return any(form in content for form in forms(secret))


def _values(warehouse: Path) -> bytes:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        rows = [connection.execute(f'FROM "{schema}"."{table}"').fetchall() for schema, table in tables]
    return repr(rows).encode()
