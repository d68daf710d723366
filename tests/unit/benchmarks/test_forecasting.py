"""The forecasting benchmark: paired comparisons, and what is shipped as prior."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasting import best_statistical
from benchmarks.paired import compare
from benchmarks.prior import Taught, write_prior
from forecasting import weights
from forecasting.backtest import Backtest, backtest
from forecasting.models.moving_average import MovingAverage
from forecasting.models.seasonal_naive import SeasonalNaive
from forecasting.models.weekday_quantiles import WeekdayQuantiles
from forecasting.panel.file import panel_from_frame


def _tally(losses: list[float], cutoff: str = "2024-01-31") -> pd.DataFrame:
    return pd.DataFrame({"row": range(len(losses)), "cutoff_date": cutoff, "loss": losses})


@pytest.fixture(scope="module")
def result() -> Backtest:
    days = 150
    dates = pd.date_range(end="2024-06-30", periods=days)
    units = np.random.default_rng(2).poisson(6, (12, days)).astype(float)
    frame = pd.DataFrame({"unique_id": np.repeat(np.arange(12), days), "ds": np.tile(dates, 12), "y": units.ravel()})
    return backtest(panel_from_frame(frame), [MovingAverage(), SeasonalNaive(), WeekdayQuantiles()], windows=2)


def test_a_model_that_is_always_a_tenth_better_is_so_without_doubt() -> None:
    losses = list(np.random.default_rng(0).gamma(2, 2, 50))
    found = compare([(_tally([0.9 * loss for loss in losses]), _tally(losses))])
    assert found.better == pytest.approx(0.1)
    assert found.low == pytest.approx(0.1)
    assert found.high == pytest.approx(0.1)


def test_a_model_that_is_better_by_chance_is_doubted_and_sets_count_alike() -> None:
    generator = np.random.default_rng(1)
    one, other = generator.gamma(2, 2, 60), generator.gamma(2, 2, 60)
    doubted = compare([(_tally(list(one)), _tally(list(other)))])
    assert doubted.low < 0 < doubted.high
    both = compare([(_tally([1.0]), _tally([2.0])), (_tally([800.0]), _tally([100.0]))])
    assert both.better == pytest.approx(1 - np.sqrt(0.5 * 8))


def test_windows_without_an_answer_of_one_are_left_out_of_both() -> None:
    model = _tally([1.0, 1.0])
    rival = pd.concat([_tally([2.0, 2.0]), _tally([100.0, 100.0], "2024-02-28")])
    assert compare([(model, rival)]).better == pytest.approx(0.5)


def test_the_best_statistical_model_is_the_one_with_the_least_loss(result: Backtest) -> None:
    wql = {row["model_name"]: row["wql"] for row in result.accuracy if row["segment"] == "all"}
    assert best_statistical(result) != "combination"
    assert wql[best_statistical(result)] == min(value for name, value in wql.items() if name != "combination")


def test_the_prior_is_written_for_its_frequency_and_read_back(
    result: Backtest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "prior.yaml"
    path.write_text(weights.PRIOR.read_text())
    monkeypatch.setattr("benchmarks.prior.PRIOR", path)
    monkeypatch.setattr("forecasting.weights.PRIOR", path)
    weights._shipped.cache_clear()
    before = weights.prior("W")
    try:
        write_prior([Taught("a set", "D", result), Taught("another", "D", result)])
        weights._shipped.cache_clear()
        written = weights.prior("D")
        models = ["moving_average", "seasonal_naive", "weekday_quantiles"]
        learnt = result.weights.level_shares("all", models, 9)
        assert written.level_shares("all", models, 9) == pytest.approx(learnt, abs=0.06)
        assert weights.prior_calibration("D").of("short_regular").level == pytest.approx(
            result.calibration.of("short_regular").level, abs=0.01
        )
        assert weights.prior("W") == before
    finally:
        weights._shipped.cache_clear()
