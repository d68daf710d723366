"""A shop whose folder a test fills, loads and looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import connectors
from connectors.files.settings import FilesSource
from connectors.report import LoadReport
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace

AS_OF = datetime(2025, 6, 13, 19, 0, tzinfo=UTC)
HEADER = "sale_id,store_id,product_id,sold_at,quantity,net_amount\n"


@dataclass
class Shop:
    """A workspace with what tests do to it; its stores are in Europe/Paris."""

    workspace: Workspace
    source: FilesSource = field(default_factory=lambda: FilesSource(type="files"))
    settings: Settings = field(default_factory=Settings)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.workspace.incoming / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def sale_lines(self, name: str, *rows: str) -> Path:
        return self.write(name, HEADER + "".join(f"{row}\n" for row in rows))

    def load(self) -> LoadReport:
        report = connectors.load(self.source, self.workspace, self.settings, silent)
        for table in report.tables.values():
            assert table.accepted + table.quarantined == table.read
        return report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.workspace.warehouse), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def reasons(self, table: str = "sale_lines") -> list[tuple[int, str]]:
        return self.rows(f"SELECT line, reason FROM raw_files.quarantine WHERE table_name = '{table}' ORDER BY line")

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything loaded, without the moments of loading and of changes to files."""
        tables = [
            table
            for (table,) in self.rows(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'raw_files'"
            )
        ]
        hidden = {"loads": "* EXCLUDE (loaded_at, stamp)", "quarantine": "* EXCLUDE (loaded_at)"}
        shown = {table: hidden.get(table, "*") for table in tables}
        return {
            table: sorted(self.rows(f"SELECT {columns} FROM raw_files.{table}"), key=repr)
            for table, columns in shown.items()
            if not table.startswith("_dlt")
        }


@pytest.fixture
def make_shop(make_workspace: Callable[..., Workspace]) -> Callable[..., Shop]:
    def make(name: str = "shop", **settings: Any) -> Shop:
        return Shop(make_workspace(name, as_of_at=AS_OF), FilesSource(type="files", **settings))

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    return make_shop()
