"""Handing checked rows to dlt, which types, stages and merges them into `raw_<source>`.

Rows come as Parquet files that DuckDB wrote, so that neither Python nor dlt touches a single row. dlt's merge is
told which rows of the table the load replaces (`destination_scope`): a file is a chunk that goes and comes as a whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from connectors.column_types import LogicalType, dlt_column
from connectors.failures import stopped
from retail.vocabulary import RAW_SCHEMA_PREFIX
from retail.workspace import Workspace

if TYPE_CHECKING:
    import dlt
    from dlt.common.schema.typing import TSchemaContractDict, TWriteDispositionConfig

_ENVIRONMENT: Final = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",  # what dlt logs as an error it also raises, and we say it in one line
    "LOAD__DELETE_COMPLETED_JOBS": "true",
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
    "LOAD__WORKERS": "1",
}

_CONTRACT: Final[TSchemaContractDict] = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}
"""A release may add tables and columns; what a column holds never changes under the models that read it."""


@dataclass(frozen=True, slots=True)
class TableLoad:
    """What goes into one table.

    Attributes:
        table: Name of the table.
        columns: Its columns; the table gets them even when there are no rows.
        parts: Parquet files with exactly these columns, and their row counts.
        replaced: SQL condition on the rows of the table that these rows replace, in which `{staging_table}` names the
            new rows; None where none is, so that rows need not be staged.
        state: What dlt is to keep for the table, committed with the rows; None leaves it as it is.
    """

    table: str
    columns: Mapping[str, LogicalType]
    parts: Sequence[tuple[Path, int]]
    replaced: str | None
    state: Mapping[str, Any] | None = None


def as_format(condition: str) -> str:
    """A condition whose braces are no placeholders, for `TableLoad.replaced`."""
    return condition.replace("{", "{{").replace("}", "}}")


def deliver(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: str, loads: Sequence[TableLoad]
) -> None:
    """Load tables as one dlt package. What a killed run leaves is given up; `connectors.journal` delivers again.

    Raises:
        PipelineError: dlt could not finish.
    """
    from dlt.pipeline.exceptions import PipelineStepFailed

    with _environment(workspace):
        pipeline = _pipeline(connection, workspace, source)
        try:
            pipeline.run([_resource(load) for load in loads])
        except PipelineStepFailed as error:
            raise stopped(workspace, source, error) from error


def stored_states(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: str
) -> dict[str, dict[str, Any]]:
    """What dlt keeps for each table, as the warehouse has it: the local copy is given up, with whatever it was doing.

    So the warehouse alone says how far a source has been read, and losing it costs a sync and nothing else.
    """
    shutil.rmtree(workspace.dlt_state / source, ignore_errors=True)
    with _environment(workspace):
        pipeline = _pipeline(connection, workspace, source)
        pipeline.sync_destination()
        kept: dict[str, Any] = pipeline.state.get("sources", {}).get(source, {})
        return {table: dict(state) for table, state in kept.get("resources", {}).items()}


def _pipeline(connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: str) -> dlt.Pipeline:
    import dlt

    return dlt.pipeline(
        pipeline_name=source,
        pipelines_dir=str(workspace.dlt_state),
        destination=dlt.destinations.duckdb(connection),
        dataset_name=f"{RAW_SCHEMA_PREFIX}{source}",
    )


def _resource(load: TableLoad) -> dlt.sources.DltResource:
    import dlt

    def parts() -> Iterator[object]:
        if load.state is not None:
            state = dlt.current.resource_state()
            state.clear()
            state.update(load.state)
        for path, rows in load.parts:
            yield dlt.mark.with_file_import(str(path), "parquet", rows)

    disposition: TWriteDispositionConfig = "append"
    if load.replaced is not None:
        disposition = {"disposition": "merge", "strategy": "delete-insert", "destination_scope": load.replaced}
    columns = [dlt_column(name, logical) for name, logical in load.columns.items()]
    return dlt.resource(
        parts, name=load.table, columns=columns, write_disposition=disposition, schema_contract=_CONTRACT
    )


@contextmanager
def _environment(workspace: Workspace) -> Iterator[None]:
    """dlt reads its settings from the environment; give them for the length of a call, and put back what was there."""
    wanted = _ENVIRONMENT | {"DLT_DATA_DIR": str(workspace.dlt_state)}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
