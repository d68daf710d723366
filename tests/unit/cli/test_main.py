"""The command's manners: it starts at once, and errors are one line with the right status."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.main import global_options_first

Tillsight = Callable[..., subprocess.CompletedProcess[str]]
HEAVY = (
    "alembic",
    "connectors",
    "dagster",
    "dlt",
    "duckdb",
    "metrics",
    "numpy",
    "pandas",
    "pydantic",
    "rich",
    "sqlalchemy",
    "torch",
)


def test_help_imports_nothing_heavy() -> None:
    program = "import sys; from cli.main import main\ntry: main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(answer.stdout.splitlines()[-1].split())
    assert not modules.intersection(HEAVY)
    assert "reorder drafts" in answer.stdout


def test_no_argument_shows_the_help(tillsight: Tillsight) -> None:
    answer = tillsight()
    assert answer.returncode == 0
    assert "Commands:" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["nonsense"], 2, "No such command 'nonsense'"),
        (["run", "--nonsense"], 2, "No such option"),
        (["run"], 2, "There is no workspace in"),
        (["run", "--workspace", "nowhere"], 2, "There is no workspace 'nowhere'"),
        (["--role", "emperor", "run"], 2, "'emperor' is not one of"),
        (["restore", "missing.tar.gz"], 2, "missing.tar.gz cannot be restored"),
        (
            ["connect", "files", "missing", "--currency", "EUR", "--time-zone", "UTC"],
            2,
            "There is no folder or file missing",
        ),
    ],
)
def test_an_error_is_one_line_on_standard_error(
    tillsight: Tillsight, arguments: list[str], status: int, message: str
) -> None:
    answer = tillsight(*arguments)
    assert answer.returncode == status
    assert answer.stdout == ""
    assert answer.stderr.startswith("tillsight: ")
    assert message in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_an_error_is_json_on_standard_output_where_a_program_reads(tillsight: Tillsight) -> None:
    answer = tillsight("metrics", "query", "net_sales", "--json")
    assert answer.returncode == 2
    assert json.loads(answer.stdout)["error"]["code"] == "unusable"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TILLSIGHT_APP_PORT", "many"),
        ("TILLSIGHT_APP_STORES", "S1"),
        ("TILLSIGHT_QUERY_MEMORY_LIMIT", "plenty"),
        ("TILLSIGHT_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named(tillsight: Tillsight, name: str, value: str) -> None:
    answer = tillsight("doctor", **{name: value})
    assert answer.returncode == 2
    assert f"{name} cannot be used" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_what_nobody_expected_is_one_line_and_a_traceback_in_the_log(tillsight: Tillsight, tmp_path: Path) -> None:
    (tmp_path / "home" / "main").mkdir(parents=True)
    (tmp_path / "home" / "main" / "workspace.json").write_text('{"kind": "real", "created_at": "2025-01-01T00:00:00Z"}')
    (tmp_path / "home" / "main" / "operational.sqlite").mkdir()
    answer = tillsight("backup", "b.tar.gz")
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert "Traceback" not in answer.stderr
    assert "Traceback" in (tmp_path / "home" / "logs" / "tillsight.log").read_text()
    assert "Traceback" in tillsight("backup", "b.tar.gz", TILLSIGHT_LOG_LEVEL="DEBUG").stderr


def test_a_log_that_cannot_be_written_does_not_hide_the_error(tillsight: Tillsight, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the workspaces should be")
    answer = tillsight("demo", "--no-serve")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert "TILLSIGHT_LOG_LEVEL=DEBUG" in answer.stderr.splitlines()[-1]


def test_global_options_may_stand_anywhere() -> None:
    given = ["metrics", "query", "x", "--workspace", "w", "--store=S1", "--json", "--store", "S2", "--", "--role", "y"]
    assert global_options_first(given) == [
        *["--workspace", "w", "--store=S1", "--store", "S2"],
        *["metrics", "query", "x", "--json", "--", "--role", "y"],
    ]


def test_a_reader_that_leaves_early_is_no_error(tillsight: Tillsight) -> None:
    command = Path(sys.executable).parent / "tillsight"
    answer = subprocess.run(f"{command} --help | head -1", shell=True, capture_output=True, text=True, check=False)
    assert answer.returncode == 0
    assert answer.stderr == ""
