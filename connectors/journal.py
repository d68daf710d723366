"""What is about to go into the warehouse, noted beforehand, so that a load that is killed while writing is finished.

Everything that was read lies in files before the first row is written. A delivery deletes and inserts the same rows
however often it is made; so after a kill it is made again from the files, without asking the source, and no run builds
on a load of which one table is in and another is not.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from connectors.dlt_run import TableLoad, deliver, stored_states
from connectors.sql import identifier
from connectors.warehouse import columns_of
from retail.errors import ConfigurationError
from retail.vocabulary import RAW_SCHEMA_PREFIX
from retail.workspace import Workspace, write_atomically

_MANIFEST: Final = "delivery.json"
_FOLDER: Final = "@folder of the load@"
"""Stands for the journal's folder in conditions that are noted, since a workspace may be moved while one waits."""


class Journal:
    """The folder of one source's loads, and the delivery that may wait in it.

    Args:
        connection: The warehouse.
        workspace: The workspace.
        source: Type of the source.

    Raises:
        ConfigurationError: The workspace's path cannot be used.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: str) -> None:
        if "'" in str(workspace.root):
            raise ConfigurationError(
                f"The workspace {workspace.root} cannot be loaded: dlt takes no apostrophe in a path. Move it."
            )
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

        A delivery for another warehouse than the one that is there (deleted, or restored from an older copy) is
        dropped: it is a difference, and would make little sense of what it does not build on.

        Raises:
            PipelineError: The delivery cannot be finished.
        """
        manifest = self.folder / _MANIFEST
        if manifest.is_file():
            noted = json.loads(manifest.read_text())
            if self._has_loaded(noted["after"]):
                self._deliver([_load(self.folder, entry) for entry in noted["loads"]])
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
        entries = [_entry(self.folder, load, cleared) for load, cleared in loads]
        for path in (*self.folder.rglob("*"), self.folder):
            _flush(path)
        write_atomically(manifest, json.dumps({"after": self._last_load(), "loads": entries}))
        _flush(self.folder)
        self._deliver(loads)
        manifest.unlink()

    def _last_load(self) -> str | None:
        """dlt's id of the last load that is in the warehouse; None before the first."""
        if "_dlt_loads" not in columns_of(self._connection, self._schema):
            return None
        row = self._connection.execute(f"SELECT max(load_id) FROM {self._schema}._dlt_loads").fetchone()
        assert row is not None
        return None if row[0] is None else str(row[0])

    def _has_loaded(self, load_id: str | None) -> bool:
        if load_id is None:
            return True
        if "_dlt_loads" not in columns_of(self._connection, self._schema):
            return False
        found = self._connection.execute(f"SELECT 1 FROM {self._schema}._dlt_loads WHERE load_id = ?", [load_id])
        return found.fetchone() is not None

    def _deliver(self, loads: Sequence[tuple[TableLoad, str | None]]) -> None:
        existing = columns_of(self._connection, self._schema)
        for load, cleared in loads:
            if cleared is not None and load.table in existing:
                self._connection.execute(f"DELETE FROM {self._schema}.{identifier(load.table)} WHERE {cleared}")
        shutil.rmtree(self._workspace.dlt_state / self._source, ignore_errors=True)
        deliver(self._connection, self._workspace, self._source, [load for load, _ in loads])


def _entry(folder: Path, load: TableLoad, cleared: str | None) -> dict[str, Any]:
    return {
        "table": load.table,
        "columns": dict(load.columns),
        "parts": [[str(path.relative_to(folder)), rows] for path, rows in load.parts],
        "replaced": load.replaced and load.replaced.replace(str(folder), _FOLDER),
        "state": load.state,
        "cleared": cleared and cleared.replace(str(folder), _FOLDER),
    }


def _load(folder: Path, entry: dict[str, Any]) -> tuple[TableLoad, str | None]:
    parts = [(folder / name, rows) for name, rows in entry["parts"]]
    replaced, cleared = (text and text.replace(_FOLDER, str(folder)) for text in (entry["replaced"], entry["cleared"]))
    return TableLoad(entry["table"], entry["columns"], parts, replaced, entry["state"]), cleared


def _flush(path: Path) -> None:
    """Have a file or folder on the disk before something is noted that rests on it: the power may fail."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
