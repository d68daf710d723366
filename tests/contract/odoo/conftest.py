"""A business that runs on a fake Odoo, and a workspace that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.contacts import contact_hasher
from connectors.incremental import Source, load_source
from connectors.odoo.client import OdooClient
from connectors.odoo.login import connect
from connectors.odoo.opened import OpenedOdoo, open_database
from connectors.odoo.settings import OdooSource
from connectors.report import LoadReport
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create
from tests.contract.odoo.fake_odoo import DATABASE, KEY, USER, FakeOdoo
from tests.contract.odoo.shop import furnished

SOURCE = OdooSource(type="odoo", url="https://odoo.example", database=DATABASE, user=USER)


@dataclass
class Reader:
    """A workspace that reads a fake server."""

    fake: FakeOdoo
    workspace: Workspace
    source: OdooSource = field(default=SOURCE)

    def client(self, key: str = KEY, **changes: Any) -> OdooClient:
        source = self.source.model_copy(update=changes)
        return connect(source, key, transport=self.fake.transport(), wait_seconds=0)

    def open(self) -> OpenedOdoo:
        return open_database(self.client(), self.source, contact_hasher(self.workspace), "UTC")

    def load(self, *, is_deep: bool = False) -> LoadReport:
        opened: Source = self.open()
        try:
            return load_source(self.source, self.workspace, Settings(), silent, opened, is_deep=is_deep)
        finally:
            opened.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.workspace.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        ((value,),) = self.rows(sql)
        return value

    def storing_contacts(self) -> Reader:
        return replace(self, source=self.source.model_copy(update={"store_contacts": True}))


@pytest.fixture
def make_reader(tmp_path: Path) -> Callable[..., Reader]:
    """A workspace that reads the business on a version of Odoo."""

    def make(version: str = "17.0", fake: FakeOdoo | None = None) -> Reader:
        description = WorkspaceDescription(kind="real", created_at=datetime.now(UTC))
        workspace = create(tmp_path, f"shop-{version.replace('.', '-')}", description)
        return Reader(fake or furnished(version), workspace)

    return make
