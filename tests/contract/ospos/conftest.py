"""A real MariaDB with the recorded shop in it, and the user that docs/connect/ospos.md makes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.incremental.load import load_source
from connectors.ospos import open_source
from connectors.ospos.settings import OsposSource
from connectors.report import LoadReport
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace
from tests.mariadb import MariaDb, start, stop

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT.parent / "shared" / "sources" / "ospos" / "sample.sql"
GUIDE = ROOT / "docs" / "connect" / "ospos.md"
PASSWORD = "p@ss/wörd:#? %41"
_NUMBERS = itertools.count()


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

    def with_source(self, **changes: object) -> Ospos:
        return replace(self, source=self.source.model_copy(update=changes))

    def write_settings(self) -> None:
        """Keep the source where a pipeline finds it."""
        self.workspace.sources.write_text(f"sources: [{self.source.model_dump_json(exclude_none=True)}]")


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


@pytest.fixture
def make_ospos(mariadb: MariaDb, make_workspace: Callable[..., Workspace]) -> Iterator[Callable[..., Ospos]]:
    """Make a shop: `make_ospos(sql=…)`."""
    made: list[Ospos] = []

    def make(sql: str | None = None, **settings: object) -> Ospos:
        name = f"ospos_test_{next(_NUMBERS)}"
        user = f"{name}_reader"
        mariadb.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        mariadb.execute(recorded() if sql is None else sql, name)
        mariadb.execute(grants(name, user))
        given = {"host": "localhost", "port": mariadb.port, "ca_file": mariadb.ca_file} | settings
        source = OsposSource.model_validate({"type": "ospos", "database": name, "user": user} | given)
        made.append(Ospos(mariadb, name, user, make_workspace(), source))
        return made[-1]

    yield make
    for shop in made:
        mariadb.execute(
            f"DROP DATABASE {shop.database}; DROP USER IF EXISTS '{shop.user}'@'%'; SET GLOBAL time_zone = '+00:00'"
        )


@pytest.fixture
def ospos(make_ospos: Callable[..., Ospos]) -> Ospos:
    return make_ospos()
