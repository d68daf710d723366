"""The operational store on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from retail.operational.database import open_store
from retail.operational.decisions import Decisions
from retail.operational.terms import TermOverrides
from retail.settings import Settings
from retail.workspace import Workspace
from tests import postgresql


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of the server runs in one worker, so that one server is started."""
    for item in items:
        if "operational" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("operational"))


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A running server's database."""
    with postgresql.running() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings that keep decisions in the workspace, or in an emptied database of the server."""
    if request.param == "sqlite":
        return Settings()
    url: str = request.getfixturevalue("postgresql_url")
    server = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with server.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    server.dispose()
    return Settings(operational_url=url)


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace()


@pytest.fixture
def engine(workspace: Workspace, settings: Settings) -> Iterator[Engine]:
    opened = open_store(workspace, settings)
    yield opened
    opened.dispose()


@pytest.fixture
def decisions(engine: Engine) -> Decisions:
    return Decisions(engine)


@pytest.fixture
def terms(engine: Engine) -> TermOverrides:
    return TermOverrides(engine)
