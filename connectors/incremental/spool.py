"""Batches on their way from the source to the warehouse: on disk, so that memory holds two of them and no more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.incremental.rows import arrow_schema
from connectors.incremental.table import Batch, RawTable, Rejected, Replaces

_READ_AHEAD: Final = 1


@dataclass(slots=True)
class Spool:
    """Rows of one table, in files in the order in which they came.

    Attributes:
        table: The table.
        folder: Where the files are.
        parts: The files and their row counts.
        scopes: What the batches replace.
        rejected: Records that could not be rows.
    """

    table: RawTable
    folder: Path
    parts: list[tuple[Path, int]] = field(default_factory=list)
    scopes: list[Replaces] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    _number: int = 0

    @property
    def rows(self) -> int:
        """Rows in the files."""
        return sum(rows for _, rows in self.parts)

    def add(self, batch: Batch) -> None:
        """Write a batch."""
        if batch.rows.num_rows:
            path = self.folder / f"{self.table.name}-{self._number:06}.parquet"
            self._number += 1
            pq.write_table(batch.rows.select(list(self.table.columns)), path, compression="lz4")
            self.parts.append((path, batch.rows.num_rows))
        self.scopes.append(batch.replaces)
        self.rejected += batch.rejected

    def write_keys(self, keys: pa.Table, name: str) -> Path:
        """Write a table of keys beside the rows."""
        path = self.folder / f"{self.table.name}-{name}-{self._number:06}.parquet"
        self._number += 1
        pq.write_table(keys, path, compression="lz4")
        return path

    def clear(self) -> None:
        """Forget what was delivered."""
        for path, _ in self.parts:
            path.unlink(missing_ok=True)
        self.parts.clear()
        self.scopes.clear()
        self.rejected.clear()


def empty_part(table: RawTable, folder: Path) -> tuple[Path, int]:
    """A file without rows, by which dlt makes the table."""
    path = folder / f"{table.name}-empty.parquet"
    pq.write_table(arrow_schema(table.columns).empty_table(), path)
    return path, 0


def read_ahead(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The same batches, the next one being read while the last one is written.

    An error of the source is raised where the batch was expected.
    """
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(maxsize=_READ_AHEAD)
    is_wanted = threading.Event()
    is_wanted.set()

    def hand_over(item: Batch | BaseException | None) -> None:
        while is_wanted.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def read() -> None:
        try:
            for batch in batches:
                hand_over(batch)
                if not is_wanted.is_set():
                    return
            hand_over(None)
        except BaseException as error:  # raised again by the thread that waits
            hand_over(error)

    thread = threading.Thread(target=read, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        is_wanted.clear()
        thread.join()
