"""What is about to go into the warehouse, noted beforehand, so that a load that is killed while writing is finished.

Everything that was read lies in files before the first row is written. A delivery deletes and inserts the same rows
however often it is made; so after a kill it is made again from the files, without asking the source, and no run builds
on a load of which one table is in and another is not.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from connectors.dlt_run import TableLoad, deliver, stored_states
from connectors.sql import identifier
from connectors.warehouse import columns_of
from retail.vocabulary import RAW_SCHEMA_PREFIX
from retail.workspace import Workspace, write_atomically

_MANIFEST: Final = "delivery.json"


class Journal:
    """The folder of one source's loads, and the delivery that may wait in it.

    Args:
        connection: The warehouse.
        workspace: The workspace.
        source: Type of the source.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: str) -> None:
        self._connection = connection
        self._workspace = workspace
        self._source = source
        self._schema = f"{RAW_SCHEMA_PREFIX}{source}"
        self.folder = workspace.dlt_state / f"{source}-load"

    @property
    def is_pending(self) -> bool:
        """Whether a delivery was noted and has not been struck out."""
        return (self.folder / _MANIFEST).is_file()

    def recover(self) -> dict[str, dict[str, Any]]:
        """Finish a delivery that was cut off, clear the folder, and return what is kept for each table.

        Raises:
            PipelineError: The delivery cannot be finished.
        """
        manifest = self.folder / _MANIFEST
        if manifest.is_file():
            self._deliver([_load(self.folder, entry) for entry in json.loads(manifest.read_text())])
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        return stored_states(self._connection, self._workspace, self._source)

    def deliver(self, loads: Sequence[tuple[TableLoad, str | None]]) -> None:
        """Note a delivery, make it, and strike it out.

        Args:
            loads: What goes into each table, and a condition on the rows that go beforehand: for a load that only
                adds rows (`replaced` is None), the rows that it would add twice if it were made twice.

        Raises:
            PipelineError: The warehouse could not be written; the next `recover` tries again.
        """
        manifest = self.folder / _MANIFEST
        write_atomically(manifest, json.dumps([_entry(load, cleared) for load, cleared in loads]))
        self._deliver(loads)
        manifest.unlink()

    def _deliver(self, loads: Sequence[tuple[TableLoad, str | None]]) -> None:
        existing = columns_of(self._connection, self._schema)
        for load, cleared in loads:
            if cleared is not None and load.table in existing:
                self._connection.execute(f"DELETE FROM {self._schema}.{identifier(load.table)} WHERE {cleared}")
        shutil.rmtree(self._workspace.dlt_state / self._source, ignore_errors=True)
        deliver(self._connection, self._workspace, self._source, [load for load, _ in loads])


def _entry(load: TableLoad, cleared: str | None) -> dict[str, Any]:
    return {
        "table": load.table,
        "columns": dict(load.columns),
        "parts": [[path.name, rows] for path, rows in load.parts],
        "replaced": load.replaced,
        "state": load.state,
        "cleared": cleared,
    }


def _load(folder: Path, entry: dict[str, Any]) -> tuple[TableLoad, str | None]:
    parts = [(folder / name, rows) for name, rows in entry["parts"]]
    load = TableLoad(entry["table"], entry["columns"], parts, entry["replaced"], entry["state"])
    return load, entry["cleared"]
