"""A published run with hand-made marts and the manifests that dbt makes of the project's own metric definitions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from metrics import Metrics
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create

HERE = Path(__file__).parent
PROJECT = HERE.parents[2] / "dbt_project"
PROFILE = """
marts:
  target: dev
  outputs: {dev: {type: duckdb, path: warehouse.duckdb, schema: marts}}
"""
PROJECT_FILE = """
name: marts
version: "1.0"
profile: marts
flags: {send_anonymous_usage_stats: false}
"""
TIME_SPINE = """
version: 2
models:
  - name: dim_dates
    description: Days.
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day, description: The day.}]
  - name: fct_sale_lines
    description: Counted sale lines.
    columns: [{name: net_amount, description: Net amount., data_tests: [not_null]}]
"""


@pytest.fixture(scope="session")
def marts_sql() -> str:
    return (HERE / "marts.sql").read_text()


@pytest.fixture(scope="session")
def manifests(tmp_path_factory: pytest.TempPathFactory, marts_sql: str) -> Path:
    """Both manifests, made by dbt from the project's metric definitions over stand-ins for the marts."""
    folder = tmp_path_factory.mktemp("dbt")
    (folder / "profiles.yml").write_text(PROFILE)
    (folder / "dbt_project.yml").write_text(PROJECT_FILE)
    (folder / "models").mkdir()
    (folder / "models" / "marts.yml").write_text(TIME_SPINE)
    tables = [
        line.split("marts.")[1].split()[0] for line in marts_sql.splitlines() if line.startswith("create table marts.")
    ]
    for table in tables:
        (folder / "models" / f"{table}.sql").write_text("select 1 as nothing")
    shutil.copytree(PROJECT / "models" / "metrics", folder / "models" / "metrics")
    dbt = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--no-send-anonymous-usage-stats"]
    done = subprocess.run(
        [*dbt, "parse", "--no-partial-parse", "--project-dir", folder, "--profiles-dir", folder],
        cwd=folder, env={**os.environ, "DO_NOT_TRACK": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "target"


def lay_down(workspace: Workspace, manifests: Path, run_id: str, statements: str) -> None:
    """Lay a serving folder down as the pipeline would."""
    folder = workspace.serving / f"marts-{run_id}"
    folder.mkdir(parents=True)
    with duckdb.connect(folder / "warehouse.duckdb") as connection:
        connection.execute(statements)
        counts = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    for name in ("manifest.json", "semantic_manifest.json"):
        shutil.copy(manifests / name, folder / name)
    run = {
        "run_id": run_id, "published_at": "2025-01-20T06:00:00Z", "as_of_at": "2025-01-19T22:00:00Z",
        "as_of_date": "2025-01-19", "inputs_fingerprint": "x", "tables": dict(counts),
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(run))
    workspace.pointer.write_text(folder.name)


@pytest.fixture(scope="session")
def publish() -> Callable[[Workspace, Path, str, str], None]:
    """Lay a serving folder down as the pipeline would."""
    return lay_down


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, manifests: Path, marts_sql: str) -> Workspace:
    description = WorkspaceDescription(
        kind="demo", dataset="hand-made", created_at="2025-01-20T00:00:00Z", reporting_currency="EUR"
    )
    workspace = create(tmp_path_factory.mktemp("home"), "demo-hand-made", description)
    lay_down(workspace, manifests, "1", marts_sql)
    return workspace


@pytest.fixture(scope="session")
def metrics(workspace: Workspace) -> Iterator[Metrics]:
    opened = Metrics.open(workspace, Settings(query_timeout_seconds=5))
    yield opened
    opened.close()
