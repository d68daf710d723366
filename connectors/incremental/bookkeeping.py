"""What a load says about itself: `loads`, `quarantine` and `capabilities` of a system source.

`loads` has a row per raw table: `accepted` rows are in it and `quarantined` records are not, and both together were
read. `quarantine` has a row per record that cannot be a row, under its key; it goes when the record is mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.column_types import LogicalType
from connectors.dlt_run import TableLoad
from connectors.incremental.difference import key_text
from connectors.incremental.reader import Capability
from connectors.incremental.rows import arrow_schema
from connectors.incremental.spool import Spool
from connectors.incremental.table import Everything, RawTable, Rejected
from connectors.sql import identifiers, literal, parquet
from connectors.warehouse import CAPABILITIES, LOADS, QUARANTINE

KEYED_QUARANTINE: Final[dict[str, LogicalType]] = {**QUARANTINE, "record_key": "text"}
"""`raw_<source>.quarantine` of a system source: a record is known by its key, not by a line."""

SYSTEM_TABLES: Final[dict[str, Mapping[str, LogicalType]]] = {
    "loads": LOADS,
    "quarantine": KEYED_QUARANTINE,
    "capabilities": CAPABILITIES,
}


def quarantine_load(spools: Sequence[Spool], folder: Path) -> TableLoad | None:
    """What the quarantine gets from a chunk of a first load; None where nothing was rejected."""
    rows = pa.concat_tables([_rejected_rows(spool.table, spool.rejected) for spool in spools])
    if not rows.num_rows:
        return None
    part = folder / "quarantine-added.parquet"
    pq.write_table(rows, part)
    same = "row(file, record_key) IN (SELECT row(file, record_key) FROM {staging_table})"
    return TableLoad("quarantine", KEYED_QUARANTINE, [(part, rows.num_rows)], same)


class Quarantine:
    """The quarantine as it will be after a load, in the temporary table `quarantine_after`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str) -> None:
        self._connection = connection
        self._schema = schema
        connection.execute(f"CREATE OR REPLACE TEMP TABLE quarantine_after AS SELECT * FROM {schema}.quarantine")

    def update(self, spool: Spool, gone: Path | None) -> None:
        """Take out records that were read again or are gone, and put in those that were rejected."""
        table = spool.table
        if any(isinstance(scope, Everything) for scope in spool.scopes):
            again = "true"
        else:
            keys = [f"SELECT {key_text(table)} FROM {parquet([path])}" for path, _ in spool.parts]
            keys += [f"SELECT {key_text(table)} FROM {parquet([gone])}"] if gone is not None else []
            keys += (
                [f"SELECT unnest([{', '.join(literal(item.key) for item in spool.rejected)}])"]
                if spool.rejected
                else []
            )
            again = f"record_key IN ({' UNION ALL '.join(keys)})" if keys else "false"
        self._connection.execute(f"DELETE FROM quarantine_after WHERE file = {literal(table.read_from)} AND {again}")
        if spool.rejected:
            rows = _rejected_rows(table, list({item.key: item for item in spool.rejected}.values()))
            self._connection.register("rejected_rows", rows)
            self._connection.execute(
                f"INSERT INTO quarantine_after BY NAME SELECT {identifiers(KEYED_QUARANTINE)} FROM rejected_rows"
            )
            self._connection.unregister("rejected_rows")

    def keep_only(self, table: RawTable, known_keys: Sequence[Path]) -> None:
        """Take out records that the source no longer has."""
        known = f"SELECT {key_text(table)} FROM {parquet(known_keys)}"
        self._connection.execute(
            f"DELETE FROM quarantine_after WHERE file = {literal(table.read_from)} AND record_key NOT IN ({known})"
        )

    def new(self, table: RawTable) -> int:
        """Records of a table that will be in quarantine and are not yet."""
        row = self._connection.execute(
            "SELECT count(*) FROM quarantine_after WHERE file = ? AND record_key NOT IN"
            f" (SELECT record_key FROM {self._schema}.quarantine WHERE file = ?)",
            [table.read_from, table.read_from],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def count(self, table: RawTable) -> int:
        """Records of a table that will be in quarantine."""
        row = self._connection.execute(
            "SELECT count(*) FROM quarantine_after WHERE file = ?", [table.read_from]
        ).fetchone()
        assert row is not None
        return int(row[0])

    def load(self, folder: Path) -> TableLoad | None:
        """What has to be delivered; None where it says what the warehouse says."""
        columns = identifiers(name for name in KEYED_QUARANTINE if name != "loaded_at")
        return _whole_load(
            self._connection, folder, "quarantine", "quarantine_after", f"{self._schema}.quarantine", columns
        )


def loads_load(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    folder: Path,
    counts: Sequence[tuple[RawTable, int, int]],
) -> TableLoad | None:
    """What `loads` gets; None where the counts are as before.

    Args:
        connection: The warehouse.
        schema: Schema of the source.
        folder: Where the file goes.
        counts: Each raw table with its accepted and quarantined rows after this load.
    """
    now = datetime.now(UTC)
    rows: list[dict[str, Any]] = [
        {
            "table_name": table.feeds[0],
            "file": table.read_from,
            "fingerprint": table.made_from(""),
            "read": accepted + quarantined,
            "accepted": accepted,
            "quarantined": quarantined,
            "exact_duplicates": 0,
            "loaded_at": now,
        }
        for table, accepted, quarantined in counts
    ]
    connection.register("loads_after", pa.Table.from_pylist(rows, schema=arrow_schema(LOADS)))
    columns = identifiers(name for name in LOADS if name != "loaded_at")
    return _whole_load(connection, folder, "loads", "loads_after", f"{schema}.loads", columns)


def capabilities_load(
    connection: duckdb.DuckDBPyConnection, schema: str, folder: Path, capabilities: Mapping[str, Capability]
) -> TableLoad | None:
    """What `capabilities` gets; None where they are as before."""
    rows = [
        {"table_name": table, "is_available": capability.is_available, "note": capability.note}
        for table, capability in capabilities.items()
    ]
    connection.register("capabilities_after", pa.Table.from_pylist(rows, schema=arrow_schema(CAPABILITIES)))
    columns = identifiers(CAPABILITIES)
    return _whole_load(connection, folder, "capabilities", "capabilities_after", f"{schema}.capabilities", columns)


def _whole_load(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: str, new: str, old: str, compared: str
) -> TableLoad | None:
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM {new}) <> (SELECT count(*) FROM {old})"
        f" OR EXISTS (SELECT {compared} FROM {new} EXCEPT SELECT {compared} FROM {old})"
    ).fetchone()
    assert row is not None
    if not row[0]:
        return None
    part = folder / f"{table}-after.parquet"
    columns = SYSTEM_TABLES[table]
    written = connection.execute(
        f"COPY (SELECT {identifiers(columns)} FROM {new}) TO {literal(str(part))} (FORMAT parquet)"
    ).fetchone()
    assert written is not None
    return TableLoad(table, columns, [(part, int(written[0]))], "true")


def _rejected_rows(table: RawTable, rejected: Sequence[Rejected]) -> pa.Table:
    now = datetime.now(UTC)
    rows = [
        {
            "table_name": table.feeds[0],
            "file": table.read_from,
            "line": None,
            "reason": item.reason,
            "row_text": item.row_text,
            "loaded_at": now,
            "record_key": item.key,
        }
        for item in rejected
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(KEYED_QUARANTINE))
