"""What tests of the assistant share: the small demo, open, and a way to answer a reading by its kind alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.kinds import answerer
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from metrics import Metrics
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.workspace import Workspace

AnswerOf = Callable[..., Findings]


@pytest.fixture(scope="session")
def small_settings(small_workspace: Workspace) -> Settings:
    return Settings(home=small_workspace.root.parent)


@pytest.fixture(scope="session")
def small_metrics(small_workspace: Workspace, small_settings: Settings) -> Iterator[Metrics]:
    opened = Metrics.open(small_workspace, small_settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def answer_of(small_metrics: Metrics, small_workspace: Workspace, small_settings: Settings) -> AnswerOf:
    """What a reading's kind finds in the small demo: `answer_of(reading, principal, language)`."""

    def answer(reading: Reading, principal: Principal = LOCAL, language: str = "en") -> Findings:
        books = Books(small_metrics, principal, small_workspace, small_settings)
        return answerer(reading.kind)(reading, books, Speech(language, books.catalogue))

    return answer
