"""What tests of the app share: a page opened at an address, over a workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from retail.workspace import Workspace

MAIN = Path(__file__).parents[2] / "app" / "main.py"
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
        for table in ("fct_stock_levels", "fct_stock_daily", "fct_stock_ageing", "fct_supplier_performance"):
            connection.execute(f"delete from marts.{table}")
        connection.execute(
            "update marts.dim_capabilities set is_available = false where list_contains(?, table_name)",
            [list(NO_STOCK)],
        )
    return small_copy
