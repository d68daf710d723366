"""A shop that reads a small ERPNext, and its warehouse."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from connectors.checkup import Checkup
from connectors.erpnext import check, open_source
from connectors.erpnext.settings import ERPNextSource
from connectors.erpnext.source import ERPNext
from connectors.incremental.load import load_source
from connectors.report import LoadReport
from forecasting.tables import ensure_tables
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace
from tests.contract.erpnext.fake_site import KEY, PROJECT, SECRET, TODAY, FakeSite, Fault, Host, handler


@dataclass
class Shop:
    """A workspace that reads the site."""

    site: FakeSite
    workspace: Workspace
    settings: Settings
    store_contacts: bool = False

    @property
    def source(self) -> ERPNextSource:
        return ERPNextSource(type="erpnext", url=self.site.url, store_contacts=self.store_contacts)

    def open(self) -> ERPNext:
        return open_source(self.source, self.workspace, self.settings)

    def check(self) -> Checkup:
        return check(self.source, self.workspace, self.settings)

    def load(self, *, is_deep: bool = False) -> LoadReport:
        opened = self.open()
        try:
            return load_source(self.source, self.workspace, self.settings, silent, opened, is_deep=is_deep)
        finally:
            opened.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.workspace.warehouse)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        ((value,),) = self.rows(sql)
        return float(value) if hasattr(value, "as_tuple") else value

    def build(self, *select: str) -> None:
        """Run dbt with its tests on what was loaded; fails the test if a model or a test of dbt does."""
        with duckdb.connect(str(self.workspace.warehouse)) as connection:
            connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA IF NOT EXISTS raw_tillsight")
            connection.execute(
                "CREATE OR REPLACE TABLE raw_tillsight.workspace AS SELECT 'shop' AS workspace,"
                " TIMESTAMPTZ '2026-11-20 12:00:00+00' AS as_of_at, 'EUR' AS reporting_currency,"
                " 'UTC' AS default_time_zone"
            )
            ensure_tables(connection)
        folder = self.workspace.root
        arguments = [
            *("build", "--quiet", f"--project-dir={PROJECT}", f"--profiles-dir={PROJECT}"),
            *(f"--target-path={folder / 'target'}", f"--log-path={folder}", "--vars", '{"sources": ["erpnext"]}'),
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TILLSIGHT_WAREHOUSE", str(self.workspace.warehouse))
            result = dbtRunner().invoke([*arguments, *(["--select", *select] if select else [])])
        assert result.exception is None, result.exception
        failed = [node for node in result.result if node.status not in {"success", "pass", "warn"}]
        assert not failed, [(node.node.name, node.message) for node in failed]

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that was loaded, without when."""
        tables = [
            name
            for (name,) in self.rows(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'raw_erpnext'"
            )
            if not name.startswith("_dlt") and name not in {"loads", "quarantine"}
        ]
        return {name: self.rows(f"SELECT * FROM raw_erpnext.{name} ORDER BY ALL") for name in tables}


def make(site: FakeSite, root: Path, **changes: Any) -> Shop:
    root.mkdir(exist_ok=True)
    return Shop(site, Workspace(root), Settings(erpnext_api_key=KEY, erpnext_api_secret=SECRET), **changes)


@pytest.fixture(scope="session", params=[15, 17])
def version(request: pytest.FixtureRequest) -> int:
    """Every test runs against both recorded versions."""
    return int(request.param)


@pytest.fixture(scope="session")
def host(version: int) -> Iterator[Host]:
    """The address of the site: a workspace that meets another one loads everything anew."""
    host = Host(FakeSite(version))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(host))
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield host
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def loaded(version: int, host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace after the first load of the site as it was recorded."""
    root = tmp_path_factory.mktemp(f"loaded{version}") / "main"
    before = host.site
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.erpnext.totals.local_today", lambda _: TODAY)
        make(host.put(FakeSite(version)), root).load()
    host.site = before
    yield root
    shutil.rmtree(root)


@pytest.fixture
def site(version: int, host: Host, monkeypatch: pytest.MonkeyPatch) -> FakeSite:
    """A running site with what was recorded."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    monkeypatch.setattr("connectors.erpnext.totals.local_today", lambda _: TODAY)
    return host.put(FakeSite(version))


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """The folder of the shop's workspace, which does not outlive the test: warehouses are large."""
    yield tmp_path / "main"
    shutil.rmtree(tmp_path / "main", ignore_errors=True)


@pytest.fixture
def new_shop(site: FakeSite, root: Path) -> Callable[..., Shop]:
    """Make a shop that has loaded nothing yet."""
    return lambda **changes: make(site, root, **changes)


@pytest.fixture
def shop(site: FakeSite, loaded: Path, root: Path) -> Shop:
    """A shop that has loaded the site once."""
    shutil.copytree(loaded, root)
    return make(site, root)


@pytest.fixture
def fault() -> type[Fault]:
    """Makes an answer that goes wrong."""
    return Fault
