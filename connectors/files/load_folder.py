"""One load of the folder: find, plan, read, settle overlaps, deliver."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from connectors.contacts import contact_hasher
from connectors.dlt_run import TableLoad, as_format
from connectors.failures import load_failures
from connectors.files.check import IN_THE_FUTURE, UNKNOWN_STORE, Context
from connectors.files.chunk import Chunk
from connectors.files.client import open_file
from connectors.files.contacts import add_hash_functions, hide_stored_contacts, raw_types
from connectors.files.discover import FoundFile, look_through
from connectors.files.identity import key_expression
from connectors.files.line_ends import UnevenLineEnds, with_even_line_ends
from connectors.files.mapping import read_mapping
from connectors.files.overlap import settle_overlaps, superseded_files
from connectors.files.plan import TablePlan, plan_table
from connectors.files.read_file import FileResult, read_file
from connectors.files.rules import Rules, rules_of
from connectors.files.settings import FilesSource
from connectors.files.stamps import as_text, known_contents, note_stamps
from connectors.files.stores import collect_stores
from connectors.files.system_tables import SystemTables
from connectors.files.template import TemplateTable, template
from connectors.journal import Journal
from connectors.report import LoadReport
from connectors.sql import literals
from connectors.warehouse import columns_of, loaded_files, open_warehouse
from retail.errors import SourceError
from retail.progress import Progress
from retail.settings import Settings
from retail.workspace import Workspace


def load(source: FilesSource, workspace: Workspace, settings: Settings, progress: Progress) -> LoadReport:
    """Bring `raw_files` up to date with the folder.

    Raises:
        ConfigurationError: The mapping is wrong.
        SourceError: The folder is not there or feeds no table. A single bad file is in the report's `errors` instead.
        PipelineError: The machine ran out of disk or memory, or the warehouse could not be written.
    """
    mapping = read_mapping(workspace.root / source.mapping, template()) if source.mapping else None
    rules = rules_of(source, mapping, workspace)
    report = LoadReport(source.type)
    with load_failures(workspace, source.type), open_warehouse(workspace, settings) as connection:
        add_hash_functions(connection, contact_hasher(workspace))
        journal = Journal(connection, workspace, source.type)
        report.changed = journal.folder.is_dir()
        if report.changed:
            journal.recover()
        looked_at = time.time_ns()
        known = known_contents(connection, source.schema_name, columns_of(connection, source.schema_name))
        folder = look_through(workspace.root / source.path, template(), mapping, known)
        report.ignored, report.errors = folder.ignored, folder.errors
        with _working_folder(journal):
            load = _Load(connection, journal, rules, folder.files, report, progress, looked_at)
            report.changed |= load.run()
        note_stamps(connection, source.schema_name, folder.files, known, looked_at)
        report.gone = sorted(name for name in load.taken_out if not (workspace.root / source.path / name).is_file())
    return report


@contextmanager
def _working_folder(journal: Journal) -> Iterator[None]:
    """The folder of the load. It stays after a load that was cut off, for the next one to see that it was.

    What was read and is not about to be delivered goes: the disk may be full.
    """
    journal.folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if not journal.is_pending:
            for part in journal.folder.iterdir():
                part.unlink()
        raise
    shutil.rmtree(journal.folder)


class _Load:
    """The state of one load while its tables are worked through, the stores first."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        journal: Journal,
        rules: Rules,
        files: list[FoundFile],
        report: LoadReport,
        progress: Progress,
        looked_at: int,
    ) -> None:
        self._connection = connection
        self._scratch = journal.folder
        self._rules = rules
        self._files = files
        self._report = report
        self._progress = progress
        self._looked_at = looked_at
        self._schema = rules.source.schema_name
        self._system = SystemTables(connection, self._schema, journal.folder)
        self._chunk = Chunk(connection, journal, self._schema, template(), self._system, progress)
        self._loaded = loaded_files(connection, self._schema) if "loads" in self._chunk.existing else {}
        self._stores = collect_stores(connection, None, "false", [], rules.default_time_zone)
        self._fingerprints: dict[str, str] = {}
        self._total = sum(len(file.tables) for file in files)
        self._done = 0
        present = {file.name for file in files}
        self.taken_out = {name for _, name in self._loaded if name not in present}

    def run(self) -> bool:
        """Read what is new and deliver it.

        Returns:
            Whether anything was delivered.
        """
        for table, declared in template().tables.items():
            self._load_table(table, declared)
        self._chunk.finish()
        return self._chunk.has_delivered

    def _load_table(self, table: str, declared: TemplateTable) -> None:
        plan = self._plan(table, declared)
        for name in plan.gone:
            self._system.remove(table, name)
        results: dict[str, FileResult] = {}
        gone = plan.gone
        for number, file in enumerate(plan.read, start=1):
            result = self._read(file, table, declared)
            if result is not None:
                results[file.name] = result
            rows = sum(result.accepted for result in results.values())
            if plan.together <= number < len(plan.read) and self._chunk.is_full(rows):
                self._settle(table, declared, results, gone)
                self._chunk.deliver()
                results, gone = {}, []
        self._settle(table, declared, results, gone)

    def _settle(self, table: str, declared: TemplateTable, results: dict[str, FileResult], gone: Sequence[str]) -> None:
        """Hold new rows against each other and the warehouse, and let them wait for delivery."""
        target = self._chunk.target(table)
        parts = [(result.part, result.accepted) for result in results.values()]
        replaced = [*results, *gone]
        if target is not None and not self._rules.source.store_contacts:
            part = self._scratch / f"{table}-{self._done}-hidden.parquet"
            hidden, rows = hide_stored_contacts(self._connection, target, table, declared, replaced, part)
            replaced += hidden
            parts += [(part, rows)] if hidden else []
        stays = f"_file NOT IN {literals(replaced)}"
        paths = [path for path, _ in parts]
        overlapping = settle_overlaps(self._connection, declared, target, stays, paths)
        if table == "stores":
            default = self._rules.default_time_zone
            self._stores = collect_stores(self._connection, target, stays, paths, default)
        if not replaced:
            return
        is_loaded = any((table, name) in self._loaded for name in replaced)
        condition = _replaced_rows(declared, stays, overlapping) if target and (is_loaded or overlapping) else None
        load = TableLoad(table, raw_types(table, declared), parts or [self._chunk.no_rows(table)], condition)
        self._chunk.add(load, f"NOT ({stays})" if condition is None else None)

    def _plan(self, table: str, declared: TemplateTable) -> TablePlan:
        feeding = [file for file in self._files if table in file.tables]
        target = self._chunk.target(table)
        fingerprints = {file.name: self._rules.fingerprint(file, table, declared, self._stores) for file in feeding}
        loaded = {file: entry for (of, file), entry in self._loaded.items() if of == table}
        again = self._quarantined_for_now(table) if loaded else set()
        plan = plan_table(feeding, fingerprints, loaded, again)
        if plan.replaces_loaded and target is not None:
            accepted = {file: entry.accepted for file, entry in loaded.items()}
            plan = plan_table(
                feeding, fingerprints, loaded, again | superseded_files(self._connection, target, accepted)
            )
        self._note(table, plan, fingerprints)
        return plan

    def _note(self, table: str, plan: TablePlan, fingerprints: dict[str, str]) -> None:
        if fingerprints:
            self._report.table(table).files_unchanged += len(plan.unchanged)
        self._report.duplicates |= {name: of for name, of in plan.duplicates.items() if of in fingerprints}
        self.taken_out -= set(plan.duplicates.values())
        self._fingerprints = fingerprints
        self._done += len(plan.unchanged)

    def _quarantined_for_now(self, table: str) -> set[str]:
        """Files with rows in quarantine for something that has changed: the store is known now, the day has come."""
        rows = self._connection.execute(
            f"SELECT DISTINCT file FROM {self._schema}.quarantine WHERE table_name = ? AND ("
            f" reason IN (SELECT '{UNKNOWN_STORE}: ' || store_id FROM known_stores)"
            f" OR contains(reason || ':', '{IN_THE_FUTURE}:') AND loaded_at < ?::TIMESTAMPTZ - INTERVAL 1 DAY)",
            [table, self._rules.as_of_at.isoformat()],
        ).fetchall()
        return {file for (file,) in rows}

    def _read(self, file: FoundFile, table: str, declared: TemplateTable) -> FileResult | None:
        self._progress(f"read {file.name}", self._done, self._total)
        part = self._scratch / f"{table}-{self._done}.parquet"
        context = self._rules.context(file, table, self._stores)
        try:
            result = self._read_as_it_is_or_evened(file, table, declared, context, part)
            file.must_be_unchanged()
        except SourceError as error:
            self._system.forget(table, file.name)
            if str(error) not in {str(known) for known in self._report.errors}:
                self._report.errors.append(error)
            return None
        finally:
            self._done += 1
            self._progress(f"read {file.name}", self._done, self._total)
        stamp = as_text(file.stamp, self._looked_at)
        self._system.add_load(table, file.name, self._fingerprints[file.name], stamp, result)
        entry = self._report.table(table)
        entry.files_loaded += 1
        entry.read += result.read
        entry.accepted += result.accepted
        entry.quarantined += result.quarantined
        entry.exact_duplicates += result.exact_duplicates
        return result

    def _read_as_it_is_or_evened(
        self, file: FoundFile, table: str, declared: TemplateTable, context: Context, part: Path
    ) -> FileResult:
        def read(path: Path) -> FileResult:
            source = self._rules.source.read_as(file.options)
            opened = open_file(self._connection, file.name, path, source, self._scratch)
            mapped = file.tables[table]
            return read_file(
                self._connection, opened, table, declared, mapped, context, part, self._rules.source.store_contacts
            )

        try:
            return read(file.path)
        except UnevenLineEnds:
            return read(with_even_line_ends(file.path, self._scratch / "even.csv"))


def _replaced_rows(declared: TemplateTable, stays: str, overlapping: bool) -> str:
    condition = as_format(f"NOT ({stays})")
    if overlapping:
        key = as_format(key_expression(declared))
        condition += f" OR {key} IN (SELECT {key} FROM {{staging_table}})"
    return condition
