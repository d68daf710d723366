"""What the stores tell the rows of other tables: which ids exist, and the zone of their times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from connectors.sql import parquet


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of this load.

    Attributes:
        known: Whether any file lists them.
        zones: Zone of each store whose zone is not `time_zone`.
        time_zone: Zone of all the others.
    """

    known: bool
    zones: dict[str, str]
    time_zone: str


def collect_stores(
    connection: duckdb.DuckDBPyConnection,
    target: str | None,
    stays: str,
    parts: Sequence[Path],
    default_time_zone: str,
) -> Stores:
    """Fill the temporary table `known_stores` from new parts and from the rows of the warehouse that stay.

    Args:
        connection: The warehouse.
        target: Schema and table of the stores, or None where there is none yet.
        stays: SQL condition on the rows that this load does not replace.
        parts: New stores.
        default_time_zone: Zone of stores that do not say theirs.
    """
    selects = [f"SELECT store_id, time_zone, 1 AS age FROM {target} WHERE {stays}"] if target else []
    if parts:
        selects.append(f"SELECT store_id, time_zone, 0 AS age FROM {parquet(parts)}")
    everything = (
        " UNION ALL ".join(selects) or "SELECT NULL::VARCHAR AS store_id, NULL::VARCHAR AS time_zone, 0 AS age LIMIT 0"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE known_stores AS SELECT store_id, arg_min(time_zone, age) AS time_zone"
        f" FROM ({everything}) GROUP BY store_id"
    )
    rows = connection.execute("SELECT store_id, time_zone FROM known_stores ORDER BY store_id").fetchall()
    zones = {store: zone or default_time_zone for store, zone in rows}
    used = list(zones.values())
    commonest = max(sorted(set(used)), key=used.count, default=default_time_zone)
    return Stores(bool(zones), {store: zone for store, zone in zones.items() if zone != commonest}, commonest)
