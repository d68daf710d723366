"""A warehouse with raw tables that a test fills by hand, and dbt in-process on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from forecasting.tables import ensure_tables

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "dbt_project"
TEMPLATE = ROOT / "connectors" / "files" / "template.yml"
TYPES = {
    "text": "varchar",
    "decimal": "decimal(18, 4)",
    "integer": "bigint",
    "timestamp": "timestamptz",
    "date": "date",
    "boolean": "boolean",
}
SYSTEM_TABLES = {
    "capabilities": "table_name varchar, is_available boolean, note varchar",
    "loads": "table_name varchar, file varchar, fingerprint varchar, read bigint, accepted bigint, "
    "quarantined bigint, exact_duplicates bigint, loaded_at timestamptz",
    "quarantine": "table_name varchar, file varchar, line bigint, reason varchar, row_text varchar, "
    "loaded_at timestamptz",
}
AS_OF = datetime(2025, 3, 10, 18, 0, tzinfo=UTC)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Shop:
    """A warehouse of one shop, and what a test does with it."""

    folder: Path
    manifest: Manifest
    sources: Sequence[str] = ("files",)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(sql, parameters)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        """The one value of a query, decimals as floats."""
        ((value,),) = self.rows(sql)
        return float(value) if hasattr(value, "as_tuple") else value

    def prepare(self, as_of_at: datetime | None = AS_OF) -> None:
        """Make the raw tables that a connected files source always has, empty, and the pipeline's own table."""
        tables = yaml.safe_load(TEMPLATE.read_text())["tables"]
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute("create schema raw_files")
            for name, table in tables.items():
                columns = ", ".join(f"{column} {TYPES[spec['type']]}" for column, spec in table["columns"].items())
                columns += ", email_hash varchar, phone_hash varchar" if name == "customers" else ""
                connection.execute(f"create table raw_files.{name} ({columns}, _file varchar, _line bigint)")
            for name, columns in SYSTEM_TABLES.items():
                connection.execute(f"create table raw_files.{name} ({columns})")
        self.set_workspace(as_of_at)

    def set_workspace(self, as_of_at: datetime | None) -> None:
        self.execute("create schema if not exists raw_tillsight")
        self.execute(
            "create or replace table raw_tillsight.workspace as select 'shop' as workspace, ?::timestamptz as as_of_at,"
            " 'USD' as reporting_currency, 'America/New_York' as default_time_zone",
            [as_of_at],
        )
        with duckdb.connect(str(self.warehouse)) as connection:
            ensure_tables(connection)

    def insert(self, table: str, *rows: Row) -> None:
        """Put rows into a raw table; columns that a row lacks are null."""
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" for _ in row)
            self.execute(f"insert into raw_files.{table} ({names}) values ({marks})", list(row.values()))

    def copy_to(self, path: Path) -> None:
        """Copy the warehouse as it is, what is still in its write-ahead log included."""
        self.execute("force checkpoint")
        shutil.copy(self.warehouse, path)

    def dbt(self, *command: str) -> dbtRunnerResult:
        """Run dbt on the warehouse; fails the test if dbt does."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TILLSIGHT_WAREHOUSE", str(self.warehouse))
            for name, value in self.environment.items():
                patch.setenv(name, value)
            result = dbtRunner(manifest=self.manifest).invoke([*command, *arguments(self.folder, self.sources)])
        assert result.exception is None, result.exception
        return result

    def run(self, *options: str) -> None:
        """Build the models, without their tests."""
        result = self.dbt("run", *options)
        assert result.success, failures(result)


def failures(result: dbtRunnerResult) -> list[str]:
    """What went wrong, a line each."""
    return [f"{node.node.name}: {node.message}" for node in result.result if node.status not in {"success", "pass"}]


def arguments(folder: Path, sources: Sequence[str]) -> list[str]:
    return [
        "--quiet",
        f"--project-dir={PROJECT}",
        f"--profiles-dir={PROJECT}",
        f"--target-path={folder / 'target'}",
        f"--log-path={folder / 'logs'}",
        f"--vars={json.dumps({'sources': list(sources)})}",
    ]


def parse(folder: Path, sources: Sequence[str]) -> Manifest:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TILLSIGHT_WAREHOUSE", str(folder / "warehouse.duckdb"))
        result = dbtRunner().invoke(["parse", *arguments(folder, sources)])
    assert result.success, result.exception
    assert isinstance(result.result, Manifest)
    return result.result


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The project, parsed once for the files source."""
    return parse(tmp_path_factory.mktemp("dbt"), ["files"])


@pytest.fixture(scope="session")
def make_shop(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> Callable[..., Shop]:
    """Make a shop with empty raw tables."""

    def make(as_of_at: datetime | None = AS_OF, **environment: str) -> Shop:
        shop = Shop(tmp_path_factory.mktemp("shop"), manifest, environment=environment)
        shop.prepare(as_of_at)
        return shop

    return make


@pytest.fixture
def make_sourceless_shop(tmp_path: Path) -> Callable[[], Shop]:
    """Make a shop without any connected source."""

    def make() -> Shop:
        shop = Shop(tmp_path, parse(tmp_path, []), sources=())
        shop.set_workspace(AS_OF)
        return shop

    return make


@pytest.fixture
def template_path() -> Path:
    """The files connector's template."""
    return TEMPLATE
