"""Customers' contacts on their way into the warehouse: kept by permission only, hashed always."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from connectors.column_types import LogicalType
from connectors.contacts import ContactHasher
from connectors.files.template import LINEAGE, TemplateTable
from connectors.sql import identifier, literal, literals

_CONTACTS: Final[dict[str, tuple[str, ...]]] = {"customers": ("name", "email", "phone")}
_HASHES: Final[dict[str, dict[str, str]]] = {"customers": {"email_hash": "email", "phone_hash": "phone"}}
"""Table to its hash columns, each with the column that is hashed."""


def is_personal(table: str) -> bool:
    """Whether rows of a table hold names, e-mail addresses or telephone numbers."""
    return table in _CONTACTS


def raw_types(table: str, declared: TemplateTable) -> dict[str, LogicalType]:
    """Columns of the loaded table: the template's, hashes of contacts, lineage."""
    template_types: dict[str, LogicalType] = {name: column.type for name, column in declared.columns.items()}
    return template_types | dict.fromkeys(_HASHES.get(table, {}), "text") | LINEAGE


def loaded_columns(table: str, declared: TemplateTable, *, store_contacts: bool) -> str:
    """Select list that makes the columns of a loaded table, without lineage, from those of the template."""
    hidden = () if store_contacts else _CONTACTS.get(table, ())
    plain = [
        f"NULL::VARCHAR AS {identifier(name)}" if name in hidden else identifier(name) for name in declared.columns
    ]
    hashes = [f"hashed_{source}({source}) AS {name}" for name, source in _HASHES.get(table, {}).items()]
    return ", ".join(plain + hashes)


def add_hash_functions(connection: duckdb.DuckDBPyConnection, hasher: ContactHasher) -> None:
    """Give SQL the functions that `loaded_columns` calls."""
    hashes: dict[str, Callable[[str | None], str | None]] = {"email": hasher.email, "phone": hasher.phone}
    for column, hashed in hashes.items():
        connection.create_function(
            f"hashed_{column}",
            _over_arrow(hashed),
            ["VARCHAR"],
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )


def hide_stored_contacts(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    table: str,
    declared: TemplateTable,
    read: Collection[str],
    part: Path,
) -> tuple[list[str], int]:
    """Take contacts out of rows that came in while storing them was allowed, and whose files are not read again.

    Args:
        connection: The warehouse.
        target: Schema and table of the warehouse.
        table: Its name.
        declared: What the template says of it.
        read: Files whose rows are replaced anyway.
        part: Gets the rows without contacts.

    Returns:
        The files that these rows came from, and the number of rows.
    """
    if not is_personal(table):
        return [], 0
    stored = " OR ".join(f"{identifier(name)} IS NOT NULL" for name in _CONTACTS[table])
    found = connection.execute(
        f"SELECT DISTINCT _file FROM {target} WHERE ({stored}) AND _file NOT IN {literals(read)} ORDER BY 1"
    ).fetchall()
    files = [file for (file,) in found]
    columns = loaded_columns(table, declared, store_contacts=False)
    row = connection.execute(
        f"COPY (SELECT {columns}, _file, _line FROM {target} WHERE _file IN {literals(files)})"
        f" TO {literal(str(part))} (FORMAT parquet)"
    ).fetchone()
    assert row is not None
    return files, int(row[0])


def _over_arrow(hashed: Callable[[str | None], str | None]) -> Callable[[pa.Array], pa.Array]:
    def over(values: pa.Array) -> pa.Array:
        return pa.array([hashed(value) for value in values.to_pylist()], pa.string())

    return over
