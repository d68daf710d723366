"""The rolling-origin backtest, the learning of weights, and the selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from forecasting.backtest import backtest
from forecasting.models.moving_average import MovingAverage
from forecasting.models.protocol import to_table
from forecasting.models.seasonal_naive import SeasonalNaive
from forecasting.models.weekday_quantiles import WeekdayQuantiles
from forecasting.panel import Panel
from forecasting.run import forecast
from forecasting.selection import select
from forecasting.weights import load
from retail.errors import ForecastError, UnusableRequest
from retail.progress import Progress, silent
from retail.settings import Settings

FLOORS = [WeekdayQuantiles(), MovingAverage(), SeasonalNaive()]


class _Recorder:
    """Moving average that keeps the last day it was shown."""

    name = "recorder"

    def __init__(self) -> None:
        self.seen: list[pd.Timestamp] = []

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        self.seen.append(panel.dates[-1])
        return MovingAverage().predict(panel, horizon, quantile_levels)


class _Prophet:
    """Knows what will happen: the panel of the whole history."""

    name = "prophet"

    def __init__(self, whole: Panel) -> None:
        self.whole = whole

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        start = len(panel.dates)
        future = self.whole.units[:, start : start + horizon]
        return to_table(panel, np.repeat(future[..., None], len(quantile_levels), axis=2), quantile_levels)


def test_cutoffs_are_one_horizon_apart_and_end_at_the_last_date(panel: Callable[..., Panel]) -> None:
    made = panel(days=200)
    recorder = _Recorder()
    found = backtest(made, [recorder])
    last = made.dates[-1]
    expected = [last - pd.Timedelta(days=28 * back) for back in (4, 3, 2, 1)]
    assert found.cutoffs == expected
    assert recorder.seen == [expected[0] - pd.Timedelta(days=56), expected[0] - pd.Timedelta(days=28), *expected]
    assert found.season_length == 7


def test_a_long_history_is_learnt_from_at_the_same_time_of_the_year(panel: Callable[..., Panel]) -> None:
    recorder = _Recorder()
    found = backtest(panel(series=2, days=700), [recorder])
    before = [cutoff for cutoff in recorder.seen if cutoff < found.cutoffs[0]]
    year = pd.Timedelta(days=364)
    assert {found.cutoffs[0] - year, found.cutoffs[2] - year} < set(before)
    assert max(before) == found.cutoffs[0] - pd.Timedelta(days=28)


def test_a_perfect_model_has_no_loss_and_gets_the_weight(panel: Callable[..., Panel]) -> None:
    made = panel(days=200)
    found = backtest(made, [*FLOORS, _Prophet(made)])
    scores = {row["model_name"]: row for row in found.accuracy if row["segment"] == "all"}
    assert scores["prophet"]["wql"] == 0
    assert scores["prophet"]["bias"] == 0
    assert float(str(scores["combination"]["wql"])) < 0.75 * float(str(scores["weekday_quantiles"]["wql"]))
    assert max(found.weights.default, key=found.weights.default.__getitem__) == "prophet"


def test_the_document_has_the_keys_that_programs_read(panel: Callable[..., Panel]) -> None:
    document = backtest(panel(days=200), FLOORS, horizon=14, windows=2).as_dict()
    models = document["models"]
    assert isinstance(models, list)
    assert {model["model"] for model in models} == {
        "seasonal_naive",
        "moving_average",
        "weekday_quantiles",
        "combination",
    }
    assert {"model", "wql", "mase", "wape", "bias", "coverage", "seconds", "series"} < set(models[0])
    assert set(models[0]["coverage"]) == {"0.1", "0.9"}
    assert document["series"] == 6
    assert document["cutoffs"] == ["2024-06-02", "2024-06-16"]
    totals = document["totals"]
    assert isinstance(totals, list)
    assert [(row["segment"], row["periods"]) for row in totals[:2]] == [("all", 7), ("all", 14)]
    assert set(totals[0]["coverage"]) == {"0.5", "0.9", "0.95"}


def test_days_out_of_stock_are_not_scored(panel: Callable[..., Panel]) -> None:
    made = panel(days=200)
    made.in_stock[:, -10:] = False
    changed = panel(days=200)
    changed.in_stock[:, -10:] = False
    changed.units[:, -10:] = 999
    first, second = (backtest(each, FLOORS, windows=2) for each in (made, changed))
    for before, after in zip(first.accuracy, second.accuracy, strict=True):
        assert before["wql"] == after["wql"]


def test_the_first_windows_weights_come_from_before_the_first_cutoff(panel: Callable[..., Panel]) -> None:
    made = panel(days=200)
    changed = panel(days=200)
    changed.units[:, -28:] = 0
    first = backtest(made.until(172), FLOORS, windows=1)
    second = backtest(changed.until(172), FLOORS, windows=1)
    assert first.accuracy[-1]["wql"] == second.accuracy[-1]["wql"]
    assert not first.notes


def test_a_short_history_gets_fewer_windows_and_says_so(panel: Callable[..., Panel]) -> None:
    found = backtest(panel(days=70), FLOORS)
    assert len(found.cutoffs) == 2
    assert "2 windows, not 4" in found.notes[0]
    assert "shipped weights" in found.notes[1]


@pytest.mark.parametrize(("days", "windows"), [(28, 4), (200, 0)])
def test_a_backtest_that_cannot_be_is_refused(panel: Callable[..., Panel], days: int, windows: int) -> None:
    with pytest.raises(UnusableRequest, match="needs a longer history"):
        backtest(panel(days=days), FLOORS, windows=windows)


def test_a_slow_model_runs_on_a_sample_and_the_others_are_given_on_it_too(
    panel: Callable[..., Panel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecasting.backtest.SLOW_SERIES", 2)
    document = backtest(panel(days=120), FLOORS, windows=1, slow=[_Recorder()]).as_dict()
    series = {row["model"]: row["series"] for row in document["models"]}  # type: ignore[attr-defined]
    sample = {row["model"]: row["series"] for row in document["sample"]}  # type: ignore[attr-defined]
    assert series["recorder"] == 2
    assert series["combination"] == 6
    assert set(sample.values()) == {2}
    assert {"recorder", "combination", "weekday_quantiles"} <= set(sample)


def test_the_same_panel_gives_the_same_backtest(panel: Callable[..., Panel]) -> None:
    first, second = backtest(panel(days=120), FLOORS), backtest(panel(days=120), FLOORS)
    assert first.weights == second.weights
    assert [row["wql"] for row in first.accuracy] == [row["wql"] for row in second.accuracy]


def test_a_selection_writes_weights_and_accuracy_that_the_next_forecast_uses(
    shop: Callable[..., duckdb.DuckDBPyConnection], tmp_path: Path
) -> None:
    marts = shop(stores=1, products=4, days=200)
    settings = Settings(chronos_weights=str(tmp_path))
    path = tmp_path / "forecast_weights.json"
    today = date(2024, 7, 1)
    found = select(marts, settings, path, as_of_date=today)
    accuracy = marts.execute("from marts.fct_forecast_accuracy").df()
    assert load(path).weights == found.weights
    assert set(accuracy["model_name"]) >= {"combination", "weekday_quantiles"}
    report = forecast(marts, settings, run_id="r1", as_of_date=today, weights_path=path)
    assert sum(report.models.values()) == 4
    assert marts.execute("from marts.fct_forecast_accuracy").df().equals(accuracy)


def test_a_selection_on_too_little_history_keeps_the_old_weights(
    shop: Callable[..., duckdb.DuckDBPyConnection], tmp_path: Path
) -> None:
    path = tmp_path / "forecast_weights.json"
    path.write_text("old")
    with pytest.raises(ForecastError, match="too few"):
        select(shop(days=40), Settings(), path)
    assert path.read_text() == "old"
