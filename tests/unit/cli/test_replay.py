"""`tillsight replay` as programs use it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cli.main import app
from forecasting.replenishment.replay.files import frequency_of_file
from retail.errors import UnusableRequest


def _file(folder: Path, freq: str, periods: int = 40) -> Path:
    units = np.random.default_rng(0).poisson(3, (4, periods)).astype(float)
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(list("abcd"), periods),
            "ds": np.tile(pd.date_range("2023-01-02", periods=periods, freq=freq), 4),
            "y": units.ravel(),
            "stocked": units.ravel() >= 0,
        }
    )
    path = folder / "panel.parquet"
    frame.to_parquet(path)
    return path


def test_replay_prints_one_document_with_every_policy_and_the_interval(tmp_path: Path) -> None:
    picture = tmp_path / "replay.png"
    command = f"replay --panel {_file(tmp_path, '7D')} --hold-out 6 --in-stock stocked --plot {picture} --json"
    answer = CliRunner().invoke(app, command.split())
    assert answer.exit_code == 0, answer.stderr
    document = json.loads(answer.stdout)
    rows = {row["policy"]: row for row in document["policies"]}
    assert {"order_up_to_4", "best_constant", "tillsight"} <= set(rows)
    wanted = {"policy", "cost", "holding", "shortage", "fill_rate", "stockout_share", "average_stock"}
    assert all(wanted <= set(row) for row in rows.values())
    assert {"policy", "against", "low", "high"} <= set(document["interval"])
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("freq", "code"), [("D", "D"), ("7D", "W"), ("MS", "M"), ("ME", "M")])
def test_the_length_of_a_period_follows_from_the_dates(tmp_path: Path, freq: str, code: str) -> None:
    assert frequency_of_file(_file(tmp_path, freq)).code == code


def test_a_file_with_one_date_asks_for_the_length_of_a_period(tmp_path: Path) -> None:
    with pytest.raises(UnusableRequest, match="--freq"):
        frequency_of_file(_file(tmp_path, "D", periods=1))


def test_a_file_that_is_no_panel_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "panel.parquet"
    path.write_text("nothing")
    with pytest.raises(UnusableRequest, match="cannot be read as a panel"):
        frequency_of_file(path)
