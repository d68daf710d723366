"""The whole road with an endpoint: what it does not manage, the answer does without."""

from __future__ import annotations

from typing import Any

import pytest

from app.assistant.answer import Answer
from app.assistant.assistant import Assistant
from metrics import Metrics
from retail.settings import Settings
from retail.workspace import Workspace
from tests.assistant.model.conftest import FakeEndpoint, Reply, planned, said

HOW = {"notes", "planner", "latency_ms"}
PLAN: dict[str, Any] = {"kind": "metric", "metrics": ["net_sales"], "by": ["store"], "period": "last_week"}


@pytest.fixture
def ask(small_metrics: Metrics, small_workspace: Workspace, endpoint: FakeEndpoint) -> Any:
    def asked(question: str, *replies: Reply, planner: Any = None, **settings: Any) -> Answer:
        endpoint.replies = list(replies)
        chosen = Settings(home=small_workspace.root.parent, assistant_url=endpoint.url, **settings)
        return Assistant(small_metrics, small_workspace, chosen).ask(question, planner=planner)

    return asked


def told(answer: Answer) -> dict[str, Any]:
    """The answer's document without how it was planned."""
    return {name: value for name, value in answer.document().items() if name not in HOW}


def test_an_endpoint_that_fails_changes_nothing_but_a_note(ask: Any) -> None:
    broken = ask("net sales by store last week", Reply(b"<html>", 502))
    local = ask("net sales by store last week", Reply(b""), planner="local")
    assert told(broken) == told(local)
    assert broken.notes[0] not in local.notes


def test_a_model_that_agrees_gets_the_same_numbers(ask: Any) -> None:
    agreed = ask("net sales by store last week", planned(**PLAN))
    assert (agreed.planner, agreed.notes) == ("model", ())
    assert told(agreed) == told(ask("net sales by store last week", Reply(b""), planner="local"))


def test_a_wording_with_a_number_of_its_own_never_reaches_the_answer(ask: Any, endpoint: FakeEndpoint) -> None:
    answer = ask(
        "net sales by store last week", planned(**PLAN), said("Everything sold 123,456.78."), assistant_sees_rows=True
    )
    assert len(endpoint.requests) == 2
    assert "123,456.78" not in answer.findings.text
    assert answer.notes
    assert "Report: " in answer.sent
