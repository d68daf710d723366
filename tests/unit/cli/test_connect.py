"""Connecting files makes a real workspace, or says what is wrong with the files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors import read_sources
from retail.workspace import Workspace

Tillsight = Callable[..., subprocess.CompletedProcess[str]]
CONNECT = ("connect", "files", "till", "--currency", "eur", "--time-zone", "Europe/Paris")


@pytest.fixture
def till(tmp_path: Path) -> Path:
    folder = tmp_path / "till"
    folder.mkdir()
    (folder / "sale_lines.csv").write_text(
        "store_id,product_id,sold_at,quantity,net_amount\nS1,A,2024-03-01 10:00,1,2\n"
    )
    return folder


def test_files_become_the_real_workspace_main(tillsight: Tillsight, till: Path, tmp_path: Path) -> None:
    answer = tillsight(*CONNECT, "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["files"] == {"sale_lines.csv": ["sale_lines"]}
    workspace = Workspace(tmp_path / "home" / "main")
    description = workspace.describe()
    assert (description.kind, description.reporting_currency) == ("real", "EUR")
    assert description.as_of_at is None
    assert [source.type for source in read_sources(workspace)] == ["files"]


def test_what_is_connected_is_not_connected_over(tillsight: Tillsight, till: Path) -> None:
    tillsight(*CONNECT)
    answer = tillsight(*CONNECT)
    assert answer.returncode == 2
    assert "connected already" in answer.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("store_id,product_id,quantity,net_amount\nS1,A,1,2\n", "sold_at"),
        ("", "is empty"),
    ],
)
def test_unusable_files_connect_nothing(
    tillsight: Tillsight, till: Path, tmp_path: Path, content: str, message: str
) -> None:
    (till / "sale_lines.csv").write_text(content)
    answer = tillsight(*CONNECT)
    assert answer.returncode == 1
    assert message in answer.stderr
    assert not (tmp_path / "home" / "main").exists()


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--currency", "euros", "no ISO 4217"),
        ("--time-zone", "Paris/France", "no IANA"),
        ("--time-zone", "/etc", "no IANA"),
    ],
)
def test_wrong_words_are_refused(tillsight: Tillsight, till: Path, option: str, value: str, message: str) -> None:
    answer = tillsight(*CONNECT, option, value)
    assert answer.returncode == 2
    assert message in answer.stderr


def test_currency_and_time_zone_are_asked_for_where_nobody_can_answer(tillsight: Tillsight, till: Path) -> None:
    answer = tillsight("connect", "files", "till")
    assert answer.returncode == 2
    assert "Say --currency" in answer.stderr
