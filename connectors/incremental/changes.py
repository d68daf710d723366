"""What changed in a source since the last load: read from every table first, then written as one delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
import pyarrow.parquet as pq

from connectors.dlt_run import TableLoad
from connectors.incremental.bookkeeping import Quarantine, capabilities_load, loads_load
from connectors.incremental.difference import Difference, find_difference, missing_keys, names_any
from connectors.incremental.reader import Source, TableReader
from connectors.incremental.spool import Spool, empty_part, read_ahead
from connectors.incremental.state import TableState
from connectors.incremental.table import Batch, Everything, RawTable
from connectors.journal import Journal
from connectors.report import LoadReport
from connectors.sql import identifier
from connectors.warehouse import row_count
from retail.progress import Progress
from retail.vocabulary import RAW_SCHEMA_PREFIX

_WORTH_A_COMMIT: Final = 20_000
"""Rows read in vain from which on the cursor alone is committed, so that the next load need not read them again."""

_QUICKLY_COMPARED: Final = 20_000
"""Keys that may be compared with every load, where a source renames things without a trace."""


@dataclass(slots=True)
class _Read:
    """One table as it was read, and the state it ends in."""

    reader: TableReader
    spool: Spool
    state: TableState
    difference: Difference
    is_state_due: bool


class Changes:
    """Brings every table up to date in one delivery.

    Args:
        connection: The warehouse.
        journal: Where the delivery is noted.
        source: The source, logged in to.
        states: State of every table by name.
        report: What is new is added to it.
        progress: Told what is read.
        place: `SourceConfig.place`.
        is_deep: Whether the wide re-read and the comparison of keys are made now, though not due.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        journal: Journal,
        source: Source,
        states: Mapping[str, TableState],
        report: LoadReport,
        progress: Progress,
        *,
        place: str,
        is_deep: bool,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._source = source
        self._states = states
        self._report = report
        self._progress = progress
        self._is_deep = is_deep
        self._schema = f"{RAW_SCHEMA_PREFIX}{report.source}"
        self._now = datetime.now(UTC)
        self._quarantine = Quarantine(connection, self._schema)
        self._renamed: set[str] = set()
        self._remade = {
            reader.table.name
            for reader in source.readers
            if states[reader.table.name].definition != reader.table.made_from(place)
        }
        self._place = place

    def run(self) -> bool:
        """Read what changed and write it; return whether anything was written.

        Raises:
            SourceError: A table could not be read; nothing is written then.
            PipelineError: The warehouse could not be written.
        """
        readers = self._source.readers
        read = {}
        for number, reader in enumerate(readers):
            self._progress(f"look at {reader.table.read_from}", number, len(readers))
            if self._is_there(reader):
                read[reader.table.name] = self._read(reader)
        for name in sorted((self._remade | self._renamed) & set(read)):
            read[name] = self._read_anew(read[name])
        self._progress("compare", len(readers), len(readers))
        loads = self._loads(read)
        if loads:
            self._progress("write the warehouse", 0, 1)
            self._journal.deliver([(load, None) for load in loads])
            self._progress("write the warehouse", 1, 1)
        return bool(loads)

    def _is_there(self, reader: TableReader) -> bool:
        """Whether the source has anything that the table feeds; else the table keeps what it has."""
        capabilities = self._source.capabilities
        return any(table not in capabilities or capabilities[table].is_available for table in reader.table.feeds)

    def _target(self, table: RawTable) -> str:
        return f"{self._schema}.{identifier(table.name)}"

    def _read(self, reader: TableReader) -> _Read:
        table, state = reader.table, self._states[reader.table.name]
        spool = Spool(table, self._journal.folder)
        if table.strategy == "whole":
            return self._read_whole(reader, spool, state)
        is_sweep = self._is_deep or state.is_sweep_due(self._now)
        cursor = reader.watermark()
        for batch in read_ahead(reader.changes(state.cursor, is_deep=is_sweep)):
            spool.add(batch)
            cursor = cursor if batch.cursor is None else batch.cursor
            self._show(spool)
        difference = find_difference(self._connection, spool, self._target(table))
        is_renamed_easily = bool(table.reload_on_rename) and difference.rows_after <= _QUICKLY_COMPARED
        if is_sweep or is_renamed_easily or self._is_other_count(reader, spool, difference):
            difference = self._compare_keys(reader, spool, difference)
        is_due = is_sweep or (cursor != state.cursor and spool.rows >= _WORTH_A_COMMIT)
        swept_at = self._now if is_sweep else None
        return _Read(reader, spool, state.gone_on(cursor=cursor, swept_at=swept_at), difference, is_due)

    def _read_whole(self, reader: TableReader, spool: Spool, state: TableState) -> _Read:
        spool.scopes.append(Everything())
        self._fill(spool, reader.read())
        difference = find_difference(self._connection, spool, self._target(reader.table))
        return _Read(reader, spool, state, difference, is_state_due=False)

    def _read_anew(self, read: _Read) -> _Read:
        """Read a whole table: a release makes other rows of it, or what its rows name was renamed in the source."""
        reader = read.reader
        table = reader.table
        spool = Spool(table, self._journal.folder / "anew", scopes=[Everything()])
        spool.folder.mkdir(exist_ok=True)
        self._fill(spool, reader.read() if table.strategy == "whole" else reader.first_load(None))
        difference = find_difference(self._connection, spool, self._target(table))
        state = replace(read.state, definition=table.made_from(self._place))
        return _Read(reader, spool, state, difference, is_state_due=True)

    def _is_other_count(self, reader: TableReader, spool: Spool, difference: Difference) -> bool:
        """Whether the source has more or fewer rows than the warehouse would have: something was deleted or missed."""
        count = reader.count()
        if count is None:
            return False
        self._quarantine.update(spool, None)
        return count != difference.rows_after + self._quarantine.count(reader.table)

    def _compare_keys(self, reader: TableReader, spool: Spool, difference: Difference) -> Difference:
        """Hold the keys of the source against the warehouse: read what was missed, drop what is gone."""
        pages = reader.keys()
        if pages is None:
            return difference
        table, target = reader.table, self._target(reader.table)
        known = [spool.write_keys(page, "keys") for page in pages]
        if not known:
            empty, _ = empty_part(table, spool.folder)
            known = [empty]
        self._quarantine.keep_only(table, known)
        missing = spool.folder / f"{table.name}-missing.parquet"
        missed = missing_keys(self._connection, spool, target, known, difference.gone, missing)
        if missed:
            keys = pq.read_table(missing)
            self._fill(spool, reader.by_keys(keys))
        found = find_difference(self._connection, spool, target, known_keys=known)
        if found.deleted:
            self._renamed |= self._naming(table, found.gone)
        return found

    def _naming(self, table: RawTable, gone: Path) -> set[str]:
        """Tables whose rows name a key that is gone: it was renamed, and they were rewritten without a trace."""
        named = {reader.table.name: reader.table for reader in self._source.readers}
        dependents = [named[name] for name in table.reload_on_rename if name in named]
        return {one.name for one in dependents if names_any(self._connection, one, self._target(one), table, gone)}

    def _fill(self, spool: Spool, batches: Iterable[Batch]) -> None:
        for batch in read_ahead(batches):
            spool.add(batch)
            self._show(spool)

    def _show(self, spool: Spool) -> None:
        self._progress(f"read {spool.table.read_from}", spool.rows, 0, "rows")

    def _count(self, table: RawTable, added: int) -> None:
        """Report rows that are new or other than before, and records that were put aside now."""
        entry = self._report.table(table.name)
        rejected = self._quarantine.new(table)
        entry.read += added + rejected
        entry.accepted += added
        entry.quarantined += rejected

    def _loads(self, read: Mapping[str, _Read]) -> list[TableLoad]:
        loads = [load for one in read.values() if (load := self._table_load(one)) is not None]
        for one in read.values():
            self._quarantine.update(one.spool, one.difference.gone if one.difference.deleted else None)
            self._count(one.reader.table, one.difference.added)
        folder: Path = self._journal.folder
        tables = [reader.table for reader in self._source.readers]
        counts = [
            (table, self._rows_after(table, read.get(table.name)), self._quarantine.count(table)) for table in tables
        ]
        system = [
            self._quarantine.load(folder),
            loads_load(self._connection, self._schema, folder, counts),
            capabilities_load(self._connection, self._schema, folder, self._source.capabilities),
        ]
        return loads + [load for load in system if load is not None]

    def _rows_after(self, table: RawTable, read: _Read | None) -> int:
        if read is not None:
            return read.difference.rows_after
        return row_count(self._connection, self._target(table))

    def _table_load(self, one: _Read) -> TableLoad | None:
        table, difference = one.reader.table, one.difference
        if difference.is_empty and not one.is_state_due:
            return None
        state = one.state.as_kept()
        if difference.is_empty:
            return TableLoad(table.name, table.columns, [empty_part(table, one.spool.folder)], None, state)
        part = (difference.part, difference.added)
        return TableLoad(table.name, table.columns, [part], difference.replaced(table), state)
