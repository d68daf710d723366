"""Of Vanna, the agent carries the conversation. Its tools for SQL, files and Python stay out of reach."""

from __future__ import annotations

import ast
import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import prompts
from app.assistant.model import conversation
from app.assistant.model.endpoint import Endpoint
from app.assistant.model.request import PlanRequest
from retail.principal import LOCAL
from retail.settings import Settings
from retail.vocabulary import Role

ROOT = Path(__file__).parents[3]
ALLOWED = ("vanna.core.", "vanna.capabilities.agent_memory", "vanna.integrations.local")
PACKAGES = ("app", "cli", "connectors", "demo", "evals", "forecasting", "metrics", "pipelines", "prompts", "retail")


def imported_from_vanna() -> Iterator[tuple[Path, str]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                yield from ((path, name) for name in names if name.partition(".")[0] == "vanna")


def test_only_the_core_of_vanna_is_imported_and_by_the_models_planner_alone() -> None:
    found = list(imported_from_vanna())
    assert found
    assert {path.parent for path, _ in found} == {ROOT / "app" / "assistant" / "model"}
    assert [name for _, name in found if not f"{name}.".startswith(ALLOWED)] == []


def test_importing_the_planner_loads_no_tool_of_vanna_and_opens_no_connection() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*arguments): raise AssertionError('a connection')\n"
        "socket.socket.connect = refuse\n"
        "import app.assistant.model\n"
        "print([n for n in sys.modules if n.startswith(('vanna.legacy', 'vanna.tools', 'vanna.servers'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def agent_of(role: Role) -> conversation.Agent:
    return conversation.agent_for(
        LOCAL.__class__("sam", role),
        Endpoint(Settings(assistant_url="http://127.0.0.1:9/v1")),
        prompts.load("plan"),
        PlanRequest,
        lambda request: None,
        conversation.Outcome(),
    )


@pytest.mark.parametrize("role", list(Role))
def test_an_agent_has_the_planning_tool_and_no_other(role: Role) -> None:
    agent = agent_of(role)
    assert asyncio.run(agent.tool_registry.list_tools()) == [conversation.TOOL]


def test_what_is_logged_tells_neither_the_question_nor_the_reply(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcome = conversation.Outcome()
    asyncio.run(conversation.converse(agent_of(Role.MANAGER), "Question: a very private question", outcome))
    assert outcome.trouble is not None
    assert "private" not in caplog.text
