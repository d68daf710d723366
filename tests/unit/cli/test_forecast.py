"""`tillsight backtest` and `tillsight forecast` as programs use them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cli.main import app
from retail.workspace import Workspace


@pytest.fixture
def panel_file(tmp_path: Path) -> Path:
    """Four series of 100 days with a stock flag."""
    dates = pd.date_range("2024-01-01", periods=100)
    units = np.random.default_rng(0).poisson(9, (4, 100)).astype(float)
    frame = pd.DataFrame({"unique_id": np.repeat(list("abcd"), 100), "ds": np.tile(dates, 4), "y": units.ravel()})
    path = tmp_path / "panel.parquet"
    frame.assign(stocked=np.arange(400) % 9 > 0).to_parquet(path)
    return path


def test_backtest_prints_one_document_with_every_model(panel_file: Path) -> None:
    answer = CliRunner().invoke(
        app,
        [
            "backtest",
            "--panel",
            str(panel_file),
            "--in-stock",
            "stocked",
            "--horizon",
            "14",
            "--windows",
            "2",
            "--json",
        ],
    )
    assert answer.exit_code == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert document["series"] == 4
    assert document["cutoffs"] == ["2024-03-12", "2024-03-26"]
    assert document["season_length"] == 7
    models = {row["model"]: row for row in document["models"]}
    assert {"seasonal_naive", "moving_average", "weekday_quantiles", "bundled", "combination"} <= set(models)
    for row in models.values():
        assert 0 < row["wql"] < 1
        assert set(row["coverage"]) == {"0.1", "0.9"}
    assert {"segment", "model", "wql"} <= set(document["segments"][0])
    assert {(row["segment"], row["periods"]) for row in document["totals"]} >= {("all", 7), ("all", 14)}


def test_backtest_of_a_missing_file_says_so_in_one_line(
    tillsight: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = tillsight("backtest", "--panel", str(tmp_path / "nothing.parquet"), "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "unusable"


def test_forecast_says_what_the_last_run_holds(small_workspace: Workspace) -> None:
    answer = CliRunner(env={"TILLSIGHT_HOME": str(small_workspace.root.parent)}).invoke(
        app, ["--workspace", small_workspace.name, "forecast", "--json"]
    )
    assert answer.exit_code == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert document["cutoff"] < small_workspace.published().run.as_of_date.isoformat()
    assert document["horizon"] == 28
    assert document["series"] == small_workspace.published().run.tables["fct_forecast_series"] > 0
    assert sum(row["series"] for row in document["models"]) == document["series"]
    assert {"model_name", "segment", "wql"} <= set(document["accuracy"][0])
