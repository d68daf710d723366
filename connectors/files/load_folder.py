"""One load of the folder: find, plan, read, settle overlaps, hand to dlt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from connectors.column_types import DUCKDB_TYPES
from connectors.contacts import contact_hasher
from connectors.dlt_run import TableLoad, as_format, deliver, drop_interrupted
from connectors.failures import load_failures
from connectors.files.check import IN_THE_FUTURE, UNKNOWN_STORE, Context
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
from connectors.files.stores import collect_stores
from connectors.files.system_tables import SystemTables
from connectors.files.template import TemplateTable, template
from connectors.report import LoadReport
from connectors.sql import identifier, literal, literals
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
    folder = look_through(workspace.root / source.path, template(), mapping)
    report = LoadReport(source.type, ignored=folder.ignored, errors=folder.errors)
    with (
        load_failures(workspace, source.type),
        open_warehouse(workspace, settings) as connection,
        _scratch(workspace) as scratch,
    ):
        add_hash_functions(connection, contact_hasher(workspace))
        interrupted = drop_interrupted(connection, workspace, source.type)
        load = _Load(connection, scratch, rules, folder.files, interrupted, report, progress)
        table_loads = load.read_all()
        if table_loads:
            progress("write the warehouse", 0, 1)
            deliver(connection, workspace, source.type, table_loads)
            progress("write the warehouse", 1, 1)
            report.changed = True
    return report


@contextmanager
def _scratch(workspace: Workspace) -> Iterator[Path]:
    """A folder for the parts of one load; what a killed load left in it goes first."""
    folder = workspace.dlt_state / "parts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Load:
    """The state of one load while its tables are worked through, the stores first."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        scratch: Path,
        rules: Rules,
        files: list[FoundFile],
        interrupted: frozenset[str],
        report: LoadReport,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._scratch = scratch
        self._rules = rules
        self._files = files
        self._interrupted = interrupted
        self._report = report
        self._progress = progress
        self._schema = rules.source.schema_name
        self._existing = columns_of(connection, self._schema)
        self._loaded = loaded_files(connection, self._schema) if "loads" in self._existing else {}
        self._system = SystemTables(connection, scratch)
        self._stores = collect_stores(connection, None, "false", [], rules.default_time_zone)
        self._total = sum(len(file.tables) for file in files)
        self._done = 0

    def read_all(self) -> list[TableLoad]:
        """Read what is new into parts; nothing is written to the warehouse yet.

        Returns:
            What is to be delivered; empty when nothing is new.
        """
        tables = template().tables
        loads = [load for table, declared in tables.items() if (load := self._table(table, declared)) is not None]
        if not loads:
            return []
        fed = {table for table, _ in self._loaded} | {
            table for table, entry in self._report.tables.items() if entry.read
        }
        self._system.add_capabilities(list(tables), fed)
        return loads + self._system.table_loads(self._existing)

    def _table(self, table: str, declared: TemplateTable) -> TableLoad | None:
        target = f"{self._schema}.{table}" if table in self._existing else None
        feeding = [file for file in self._files if table in file.tables]
        plan = self._plan(table, declared, target, feeding)
        results = {file.name: result for file in plan.read if (result := self._read(file, table, declared)) is not None}
        parts = [(result.part, result.accepted) for result in results.values()]
        replaced = [*results, *plan.gone]
        if target is not None and not self._rules.source.store_contacts:
            part = self._scratch / f"{table}-hidden.parquet"
            hidden, rows = hide_stored_contacts(self._connection, target, table, declared, replaced, part)
            replaced += hidden
            parts += [(part, rows)] if hidden else []
        stays = self._staying_rows(table, plan, replaced)
        paths = [path for path, _ in parts]
        overlapping = settle_overlaps(self._connection, declared, target, stays, paths)
        for name in plan.gone:
            self._system.remove(table, name)
        if table == "stores":
            default = self._rules.default_time_zone
            self._stores = collect_stores(self._connection, target, stays, paths, default)
        if (
            not replaced
            and table not in self._interrupted
            and self._existing.get(table, frozenset()) >= set(raw_types(table, declared))
        ):
            return None
        return TableLoad(
            table=table,
            columns=raw_types(table, declared),
            parts=parts or [self._empty(table, declared)],
            replaced=_replaced_rows(declared, stays, overlapping) if target else None,
        )

    def _plan(self, table: str, declared: TemplateTable, target: str | None, feeding: list[FoundFile]) -> TablePlan:
        fingerprints = {file.name: self._rules.fingerprint(file, table, declared, self._stores) for file in feeding}
        loaded = {file: entry for (of, file), entry in self._loaded.items() if of == table}
        if table in self._interrupted:
            loaded = {}
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
        self._system.add_load(table, file.name, self._fingerprints[file.name], result)
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
            opened = open_file(
                self._connection, file.name, path, self._rules.source.read_as(file.options), self._scratch
            )
            mapped, store_contacts = file.tables[table], self._rules.source.store_contacts
            return read_file(self._connection, opened, table, declared, mapped, context, part, store_contacts)

        try:
            return read(file.path)
        except UnevenLineEnds:
            return read(with_even_line_ends(file.path, self._scratch / "even.csv"))

    def _staying_rows(self, table: str, plan: TablePlan, replaced: list[str]) -> str:
        """Condition on the rows that this load leaves alone; after a killed load, those of files it cannot read."""
        if table not in self._interrupted:
            return f"_file NOT IN {literals(replaced)}"
        loaded = [file for of, file in self._loaded if of == table]
        return f"_file IN {literals(file for file in loaded if file not in replaced and file not in plan.duplicates)}"

    def _empty(self, table: str, declared: TemplateTable) -> tuple[Path, int]:
        part = self._scratch / f"{table}-empty.parquet"
        typed = ", ".join(
            f"NULL::{DUCKDB_TYPES[logical]} AS {identifier(name)}"
            for name, logical in raw_types(table, declared).items()
        )
        self._connection.execute(f"COPY (SELECT {typed} WHERE false) TO {literal(str(part))} (FORMAT parquet)")
        return part, 0


def _replaced_rows(declared: TemplateTable, stays: str, overlapping: bool) -> str:
    condition = as_format(f"NOT ({stays})")
    if overlapping:
        key = as_format(key_expression(declared))
        condition += f" OR {key} IN (SELECT {key} FROM {{staging_table}})"
    return condition
