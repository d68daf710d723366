"""The small demo as the local planner sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.assistant.books import Books
from app.assistant.local import LocalPlanner
from app.assistant.planner import Planned
from app.assistant.question import read
from app.assistant.reading import Reading
from metrics import Metrics
from retail.principal import LOCAL
from retail.settings import Settings
from retail.workspace import Workspace

Plan = Callable[..., Planned]


@pytest.fixture(scope="session")
def books(small_metrics: Metrics, small_workspace: Workspace, small_settings: Settings) -> Books:
    return Books(small_metrics, LOCAL, small_workspace, small_settings)


@pytest.fixture(scope="session")
def plan(books: Books) -> Plan:
    """How a question is read: `plan(question, previous)`."""
    planner = LocalPlanner()

    def planned(asked: str, previous: Reading | None = None, language: str | None = None) -> Planned:
        return planner.plan(read(asked), books, previous, language)

    return planned
