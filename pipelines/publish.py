"""Publish: copy the marts into a new serving folder, look it over, move the pointer. Readers see all of it or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from pipelines.data_tests import results_of_last_build
from pipelines.dbt import Dbt
from retail.duckdb_options import OFFLINE
from retail.errors import NothingPublished, PipelineError
from retail.progress import Progress, silent
from retail.settings import Settings
from retail.vocabulary import MARTS_SCHEMA
from retail.workspace import DATA_TESTS, PublishedRun, Workspace, write_atomically

BUILDING = ".building-"
SALE_LINES = "fct_sale_lines"


def publish(
    dbt: Dbt,
    *,
    run_id: str,
    inputs_fingerprint: str,
    expected_tables: Iterable[str] = (),
    progress: Progress = silent,
) -> PublishedRun:
    """Publish the warehouse's marts as they are now. The caller holds the workspace's lock.

    Args:
        dbt: The project that built them; its manifests and the results of its tests are published too.
        run_id: Names the serving folder.
        inputs_fingerprint: What the run was made from.
        expected_tables: Tables that must be there.
        progress: Told about each table.

    Raises:
        PipelineError: A table is missing or was not copied whole, or the disk is full. The pointer has not moved.
    """
    workspace = dbt.workspace
    clean_up(workspace)
    building = workspace.serving / f"{BUILDING}{run_id}"
    building.mkdir(parents=True)
    try:
        tables = _copy_marts(workspace, building / "warehouse.duckdb", dbt.settings, progress)
        _check(workspace, tables, expected_tables)
        run = _describe(workspace, building / "warehouse.duckdb", run_id, inputs_fingerprint, tables)
        for manifest in (dbt.manifest, dbt.semantic_manifest):
            shutil.copyfile(manifest, building / manifest.name)
        if (tests := results_of_last_build(dbt)) is not None:
            (building / DATA_TESTS).write_text(tests.model_dump_json(indent=2))
        (building / "run.json").write_text(run.model_dump_json(indent=2))
        _make_durable(building)
        building.rename(workspace.serving / f"marts-{run_id}")
        write_atomically(workspace.pointer, f"marts-{run_id}\n")
    except (OSError, duckdb.Error) as error:
        raise PipelineError(
            f"The run could not be published in {workspace.serving}: {error}. What was published before keeps serving; "
            "check free disk space and run again."
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    prune(workspace, dbt.settings.keep_published_runs)
    return run


def clean_up(workspace: Workspace) -> None:
    """Remove what killed runs have left half-built."""
    for leftover in workspace.serving.glob(f"{BUILDING}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def prune(workspace: Workspace, keep: int) -> None:
    """Remove all but the newest published runs, never the current one. Readers keep files that they hold open."""
    current = workspace.published().folder
    folders = sorted(workspace.serving.glob("marts-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    others = [folder for folder in folders if folder != current]
    for folder in others[keep - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_marts(workspace: Workspace, target: Path, settings: Settings, progress: Progress) -> dict[str, int]:
    """Copy each mart, whether a table or a view, into a table of the new file; return their row counts."""
    with duckdb.connect(
        config={**OFFLINE, "memory_limit": settings.warehouse_memory_limit, "threads": settings.threads}
    ) as connection:
        connection.execute(f"attach '{_quoted(workspace.warehouse)}' as warehouse (read_only)")
        connection.execute(f"attach '{_quoted(target)}' as serving")
        connection.execute(f"create schema serving.{MARTS_SCHEMA}")
        names = _table_names(connection)
        counts = {}
        for done, name in enumerate(names):
            progress(name, done, len(names))
            table = f'{MARTS_SCHEMA}."{name}"'
            connection.execute(f"create table serving.{table} as from warehouse.{table}")
            counts[name] = _count(connection, f"serving.{table}")
            if counts[name] != _count(connection, f"warehouse.{table}"):
                raise PipelineError(f"The mart {name} was not copied whole. Run again.")
        connection.execute("checkpoint serving")
        connection.execute("detach serving")
        progress("marts", len(names), len(names))
    return counts


def _table_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = 'warehouse' and table_schema = ? order by table_name",
        [MARTS_SCHEMA],
    ).fetchall()
    return [name for (name,) in rows]


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def _check(workspace: Workspace, tables: dict[str, int], expected: Iterable[str]) -> None:
    """Refuse to publish what would take away from readers what they have."""
    missing = sorted(set(expected) - set(tables))
    if missing:
        raise PipelineError(f"The warehouse lacks the marts {', '.join(missing)}. Run the whole pipeline again.")
    try:
        before = workspace.published().run.tables.get(SALE_LINES, 0)
    except NothingPublished:
        before = 0
    if before and not tables.get(SALE_LINES):
        raise PipelineError(
            f"The run holds no sale lines where the last one held {before:,}. Nothing was published; look at the "
            "quarantine in the warehouse and at the sources with `tillsight doctor`."
        )


def _describe(
    workspace: Workspace, database: Path, run_id: str, inputs_fingerprint: str, tables: dict[str, int]
) -> PublishedRun:
    as_of_at, as_of_date = _as_of(workspace, database)
    return PublishedRun(
        run_id=run_id,
        published_at=datetime.now(UTC),
        as_of_at=as_of_at,
        as_of_date=as_of_date,
        inputs_fingerprint=inputs_fingerprint,
        tables=tables,
    )


def _as_of(workspace: Workspace, database: Path) -> tuple[datetime, date]:
    """The moment that counts as now, and its business day: the workspace's, else the newest sale's."""
    description = workspace.describe()
    if description.as_of_at is not None:
        return description.as_of_at, description.as_of_at.astimezone(ZoneInfo(description.default_time_zone)).date()
    with duckdb.connect(str(database), read_only=True, config={**OFFLINE}) as connection:
        row = connection.execute(
            f"select cast(max(sold_at) as varchar), max(business_date) from {MARTS_SCHEMA}.{SALE_LINES}"
        ).fetchone()
    if row is None or row[0] is None:
        now = datetime.now(UTC)
        return now, now.astimezone(ZoneInfo(description.default_time_zone)).date()
    newest = datetime.fromisoformat(row[0])
    return (newest if newest.tzinfo else newest.replace(tzinfo=UTC)).astimezone(UTC), row[1]


def _make_durable(folder: Path) -> None:
    """Flush a folder and its files to the disk: a pointer must never name what a power cut takes away."""
    for path in (*folder.iterdir(), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
