"""A warehouse with raw tables that a test fills by hand, and dbt in-process on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
REPORTED = {
    "reported_sales_daily": "store_id varchar, business_date date, tickets bigint, quantity decimal(18, 4), "
    "net_amount decimal(18, 4), gross_amount decimal(18, 4), currency varchar",
    "reported_stock": "product_id varchar, on_hand decimal(18, 4)",
}
SECOND_LACKS = ("payments", "promotions", "purchase_orders", "purchase_order_lines", "exchange_rates")
AS_OF = datetime(2025, 3, 10, 18, 0, tzinfo=UTC)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Shop:
    """A warehouse of one shop, and what a test does with it."""

    folder: Path
    manifest: Manifest
    sources: Sequence[str] = ("files",)
    environment: Mapping[str, str] = field(default_factory=dict)
    project: Path = PROJECT

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
        """Make the raw tables that a connected source always has, empty, and the pipeline's own table."""
        for source in self.sources:
            self._create_raw_tables(source)
        self.set_workspace(as_of_at)

    def _create_raw_tables(self, source: str) -> None:
        tables = yaml.safe_load(TEMPLATE.read_text())["tables"]
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"create schema raw_{source}")
            for name, table in tables.items():
                columns = ", ".join(f"{column} {TYPES[spec['type']]}" for column, spec in table["columns"].items())
                columns += ", email_hash varchar, phone_hash varchar" if name == "customers" else ""
                connection.execute(f"create table raw_{source}.{name} ({columns}, _file varchar, _line bigint)")
            for name, columns in (SYSTEM_TABLES | REPORTED).items():
                connection.execute(f"create table raw_{source}.{name} ({columns})")

    def set_workspace(self, as_of_at: datetime | None) -> None:
        self.execute("create schema if not exists raw_tillsight")
        self.execute(
            "create or replace table raw_tillsight.workspace as select 'shop' as workspace, ?::timestamptz as as_of_at,"
            " 'USD' as reporting_currency, 'America/New_York' as default_time_zone",
            [as_of_at],
        )
        with duckdb.connect(str(self.warehouse)) as connection:
            ensure_tables(connection)

    def insert(self, table: str, *rows: Row, source: str = "files") -> None:
        """Put rows into a raw table; columns that a row lacks are null."""
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" for _ in row)
            self.execute(f"insert into raw_{source}.{table} ({names}) values ({marks})", list(row.values()))

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
            result = dbtRunner(manifest=self.manifest).invoke(
                [*command, *arguments(self.folder, self.sources, self.project)]
            )
        assert result.exception is None, result.exception
        return result

    def run(self, *options: str) -> None:
        """Build the models, without their tests."""
        result = self.dbt("run", *options)
        assert result.success, failures(result)


def failures(result: dbtRunnerResult) -> list[str]:
    """What went wrong, a line each."""
    return [f"{node.node.name}: {node.message}" for node in result.result if node.status not in {"success", "pass"}]


def arguments(folder: Path, sources: Sequence[str], project: Path = PROJECT) -> list[str]:
    return [
        "--quiet",
        f"--project-dir={project}",
        f"--profiles-dir={project}",
        f"--target-path={folder / 'target'}",
        f"--log-path={folder / 'logs'}",
        f"--vars={json.dumps({'sources': list(sources)})}",
    ]


def parse(
    folder: Path, sources: Sequence[str], project: Path = PROJECT, environment: Mapping[str, str] | None = None
) -> Manifest:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (environment or {}).items():
            patch.setenv(name, value)
        patch.setenv("TILLSIGHT_WAREHOUSE", str(folder / "warehouse.duckdb"))
        result = dbtRunner().invoke(["parse", *arguments(folder, sources, project)])
    assert result.success, result.exception
    assert isinstance(result.result, Manifest)
    return result.result


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The project, parsed once for the files source."""
    return parse(tmp_path_factory.mktemp("dbt"), ["files"])


@pytest.fixture(scope="session")
def make_shop(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> Callable[..., Shop]:
    """Make a shop with empty raw tables; `environment` counts when the project is parsed, which sets severities."""

    def make(as_of_at: datetime | None = AS_OF, **environment: str) -> Shop:
        folder = tmp_path_factory.mktemp("shop")
        parsed = parse(folder, ["files"], environment=environment) if environment else manifest
        shop = Shop(folder, parsed, environment=environment)
        shop.prepare(as_of_at)
        return shop

    return make


@pytest.fixture(scope="session")
def second_source_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with one more source, `second`: the template's tables, less some, and its own totals."""
    project = tmp_path_factory.mktemp("project") / "dbt_project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    staging = project / "models" / "staging"
    (staging / "second").mkdir()
    for path in (staging / "files").iterdir():
        table = path.stem.removeprefix("stg_files__")
        if table not in SECOND_LACKS:
            text = path.read_text()
            for before, after in (("raw_files", "raw_second"), ("'files", "'second"), ("stg_files", "stg_second")):
                text = text.replace(before, after)
            (staging / "second" / path.name.replace("files", "second")).write_text(text)
    tables = ""
    for table, prefixed in (("reported_sales_daily", "store_id"), ("reported_stock", "product_id")):
        tables += f"      - name: {table}\n        description: Totals.\n"
        (staging / "second" / f"stg_second__{table}.sql").write_text(
            f"select * replace ('second:' || {prefixed} as {prefixed}), 'second' as source"
            f" from {{{{ source('raw_second', '{table}') }}}}"
        )
    raw = staging / "second" / "_raw_second.yml"
    raw.write_text(raw.read_text().rstrip("\n") + "\n" + tables)
    _replace(project / "macros" / "union_sources.sql", "'odoo':", f"'second': {list(SECOND_LACKS)},\n        'odoo':")
    enabled = "+enabled: \"{{ 'files' in var('sources', []) }}\""
    _replace(
        project / "dbt_project.yml",
        f"      files:\n        {enabled}",
        f"      files:\n        {enabled}\n      second:\n        {enabled.replace('files', 'second')}",
    )
    return project


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


@pytest.fixture(scope="session")
def make_second_shop(tmp_path_factory: pytest.TempPathFactory, second_source_project: Path) -> Callable[..., Shop]:
    """Make a shop whose sources may be `files`, `second` or both, with empty raw tables for both."""
    manifests: dict[tuple[str, ...], Manifest] = {}

    def make(*sources: str, on: Shop | None = None) -> Shop:
        if sources not in manifests:
            manifests[sources] = parse(tmp_path_factory.mktemp("dbt"), sources, second_source_project)
        folder = on.folder if on else tmp_path_factory.mktemp("shop")
        shop = Shop(folder, manifests[sources], ("files", "second"), project=second_source_project)
        if on is None:
            shop.prepare()
        return replace(shop, sources=sources)

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
