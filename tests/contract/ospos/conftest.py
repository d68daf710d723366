"""A real MariaDB with the recorded shop in it, and the user that docs/connect/ospos.md makes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from connectors.incremental.load import load_source
from connectors.ospos import open_source
from connectors.ospos.documents import Documents
from connectors.ospos.settings import OsposSource
from connectors.report import LoadReport
from forecasting.tables import ensure_tables
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create
from tests.mariadb import MariaDb, start, stop

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT.parent / "shared" / "sources" / "ospos" / "sample.sql"
PROJECT = ROOT / "dbt_project"
GUIDE = ROOT / "docs" / "connect" / "ospos.md"
TODAY = Documents.__dict__["today"]
"""The property that `_on_the_recorded_day` replaces."""
PASSWORD = "p@ss/wörd:#? %41"


@dataclass(frozen=True)
class Ospos:
    """One shop's database and the workspace that reads it."""

    server: MariaDb
    database: str
    user: str
    workspace: Workspace
    source: OsposSource

    @property
    def settings(self) -> Settings:
        return Settings(home=self.workspace.root.parent, ospos_password=PASSWORD)

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Change or ask the database, as the shop's own system would."""
        return self.server.execute(sql, self.database)

    def load(self, *, is_deep: bool = False) -> LoadReport:
        opened = open_source(self.source, self.workspace, self.settings)
        try:
            return load_source(self.source, self.workspace, self.settings, silent, opened, is_deep=is_deep)
        finally:
            opened.close()

    def raw(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the warehouse; tables of the source need no schema."""
        with duckdb.connect(str(self.workspace.warehouse)) as connection:
            connection.execute("SET TimeZone = 'UTC'; SET search_path = 'raw_ospos'")
            return connection.execute(sql).fetchall()

    def build(self, folder: Path, *select: str) -> None:
        """Run dbt with its tests on what was loaded; fails the test if a model or a test of dbt does."""
        with duckdb.connect(str(self.workspace.warehouse)) as connection:
            connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA IF NOT EXISTS raw_tillsight")
            connection.execute(
                "CREATE OR REPLACE TABLE raw_tillsight.workspace AS SELECT 'shop' AS workspace,"
                " TIMESTAMPTZ '2026-11-20 12:00:00+00' AS as_of_at, 'USD' AS reporting_currency,"
                " 'UTC' AS default_time_zone"
            )
            ensure_tables(connection)
        arguments = [
            *("build", "--quiet", f"--project-dir={PROJECT}", f"--profiles-dir={PROJECT}"),
            *(f"--target-path={folder / 'target'}", f"--log-path={folder}", "--vars", '{"sources": ["ospos"]}'),
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TILLSIGHT_WAREHOUSE", str(self.workspace.warehouse))
            result = dbtRunner().invoke([*arguments, *(["--select", *select] if select else [])])
        assert result.exception is None, result.exception
        failed = [node for node in result.result if node.status not in {"success", "pass", "warn"}]
        assert not failed, [(node.node.name, node.message) for node in failed]

    def with_source(self, **changes: object) -> Ospos:
        return replace(self, source=self.source.model_copy(update=changes))

    def write_settings(self) -> None:
        """Keep the source where a pipeline finds it."""
        self.workspace.sources.write_text(f"sources: [{self.source.model_dump_json(exclude_none=True)}]")


def dump(ospos: Ospos) -> dict[str, list[tuple[Any, ...]]]:
    """Every raw table but those that speak of loads and of days, which depend on when they are asked."""
    names = [name for (name,) in ospos.raw("select table_name from duckdb_tables() where schema_name = 'raw_ospos'")]
    kept = [name for name in names if not name.startswith("_dlt") and name not in {"loads", "reported_sales_daily"}]
    return {name: sorted(ospos.raw(f"select * from {name}"), key=repr) for name in kept}


def grants(database: str, user: str, prefix: str = "ospos_") -> str:
    """The statements of the guide, for another database, user and password."""
    block = re.search(r"```sql\n(CREATE USER.*?)```", GUIDE.read_text(), re.DOTALL)
    assert block is not None
    statements = block[1].replace("`ospos`.`ospos_", f"`{database}`.`{prefix}").replace("'tillsight'", f"'{user}'")
    return statements.replace("a long password", PASSWORD)


def recorded(offset: str = "+00:00") -> str:
    """The recorded shop, as its application would have written it on a server of another zone."""
    return SAMPLE.read_text().replace("SET TIME_ZONE='+00:00'", f"SET TIME_ZONE='{offset}'")


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    database, process = start(tmp_path_factory.mktemp("mariadb"))
    yield database
    stop(database, process)


def new_shop(
    mariadb: MariaDb, workspace: Workspace, sql: str | None = None, database: str = "ospos", **settings: object
) -> Ospos:
    """A database with a shop in it, the recorded one unless told otherwise, and the user of the guide."""
    user = f"{database}_reader"
    mariadb.execute(f"DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database} CHARACTER SET utf8mb4")
    mariadb.execute(recorded() if sql is None else sql, database)
    mariadb.execute(f"DROP USER IF EXISTS '{user}'@'%'; {grants(database, user)}")
    given = {"host": "localhost", "port": mariadb.port, "ca_file": mariadb.ca_file} | settings
    source = OsposSource.model_validate({"type": "ospos", "database": database, "user": user} | given)
    return Ospos(mariadb, database, user, workspace, source)


@pytest.fixture(scope="session", autouse=True)
def _on_the_recorded_day() -> Iterator[None]:
    """The recording ends on 19 November 2026; what counts as recent is counted from the day after."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Documents, "today", datetime(2026, 11, 20))  # noqa: DTZ001 (a clock on the wall has no zone)
        yield


@pytest.fixture
def make_ospos(mariadb: MariaDb, make_workspace: Callable[..., Workspace]) -> Iterator[Callable[..., Ospos]]:
    """Make a shop that was never loaded: `make_ospos(sql=…)`."""

    def make(sql: str | None = None, **settings: object) -> Ospos:
        return new_shop(mariadb, make_workspace(), sql, **settings)

    yield make
    mariadb.execute("SET GLOBAL time_zone = '+00:00'")


@pytest.fixture(scope="session")
def loaded_workspace(mariadb: MariaDb, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The recorded shop, loaded once. Never changed: it is copied."""
    described = WorkspaceDescription(kind="real", created_at=datetime(2026, 11, 20, tzinfo=UTC))
    shop = new_shop(mariadb, create(tmp_path_factory.mktemp("loaded"), "shop", described))
    shop.load()
    return shop.workspace


@pytest.fixture
def ospos(mariadb: MariaDb, loaded_workspace: Workspace, tmp_path: Path) -> Ospos:
    """The recorded shop, which was loaded and has not changed since."""
    root = tmp_path / "home" / "shop"
    shutil.copytree(loaded_workspace.root, root)
    return new_shop(mariadb, Workspace(root))
