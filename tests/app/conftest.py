"""What tests of the app share: a page opened at an address, over a workspace."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from retail.workspace import Workspace

MAIN = Path(__file__).parents[2] / "app" / "main.py"
REPLENISHMENT = Path(__file__).with_name("replenishment.sql")
WITHOUT_STOCK = (
    "fct_stock_levels",
    "fct_stock_daily",
    "fct_stock_ageing",
    "fct_supplier_performance",
    "fct_stock_risk",
    "fct_reorder_drafts",
)
NO_STOCK = ("stock_levels", "stock_movements", "receipts", "purchase_orders", "purchase_order_lines")


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page over a workspace: `open_page(workspace, "sales", store="S2")`."""

    def open_it(workspace: Workspace, page: str, **address: str) -> AppTest:
        monkeypatch.setenv("TILLSIGHT_HOME", str(workspace.root.parent))
        monkeypatch.setenv("TILLSIGHT_WORKSPACE", workspace.root.name)
        app = AppTest.from_file(str(MAIN), default_timeout=60).run()
        app.switch_page(f"views/{page}.py")
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return open_it


@pytest.fixture
def no_stock_workspace(small_copy: Workspace) -> Workspace:
    """The small demo as a source would give it that knows nothing of stock and purchases."""
    with duckdb.connect(str(small_copy.published().database)) as connection:
        for table in WITHOUT_STOCK:
            connection.execute(f"delete from marts.{table}")
        connection.execute(
            "update marts.dim_capabilities set is_available = false where list_contains(?, table_name)",
            [list(NO_STOCK)],
        )
    return small_copy


def fill_replenishment(workspace: Workspace) -> None:
    """Put plausible drafts, risks, scenarios and lead times into the published run, and say so in its `run.json`."""
    serving = workspace.published()
    with duckdb.connect(str(serving.database)) as connection:
        for statement in connection.extract_statements(REPLENISHMENT.read_text()):
            connection.execute(statement)
        rows = {
            str(table): int(connection.execute(f"select count(*) from marts.{table}").fetchone()[0])
            for table in serving.run.tables
        }
    (serving.folder / "run.json").write_text(serving.run.model_copy(update={"tables": rows}).model_dump_json())


@pytest.fixture(scope="session")
def published_with_drafts(small_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small demo with drafts, made once. Nobody changes what is published."""
    root = tmp_path_factory.mktemp("home") / small_workspace.name
    shutil.copytree(small_workspace.root, root, symlinks=True, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    workspace = Workspace(root)
    fill_replenishment(workspace)
    return workspace


@pytest.fixture
def workspace_with_drafts(published_with_drafts: Workspace) -> Workspace:
    """The small demo with drafts on which nobody has decided yet."""
    for file in published_with_drafts.root.glob("operational.sqlite*"):
        file.unlink()
    return published_with_drafts
