"""Sample paths, and demand added up over several periods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from forecasting.calibration import PastTotals, calibrated_totals, score_totals, uncalibrated
from forecasting.conformal import learn_calibration
from forecasting.models.protocol import Cube
from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame
from forecasting.scores import covered
from forecasting.totals import Dependence, Marginals, marginals, sample_paths
from retail.vocabulary import QUANTILE_LEVELS, TOTAL_LEVELS

SCORES = np.array([NormalDist().inv_cdf(level) for level in QUANTILE_LEVELS])
NINE_TENTHS = TOTAL_LEVELS.index(0.9)


def noise_panel(series: int = 60, days: int = 120) -> Panel:
    """Series of normal noise around 100 with a deviation of 10, not in whole units."""
    dates = pd.date_range(end="2024-06-30", periods=days)
    units = np.random.default_rng(1).normal(100, 10, series * days)
    return panel_from_frame(
        pd.DataFrame({"unique_id": np.repeat(np.arange(series), days), "ds": np.tile(dates, series), "y": units})
    )


def noise_cube(series: int, horizon: int = 14, deviation: float = 10.0) -> Cube:
    return np.broadcast_to(100 + deviation * SCORES, (series, horizon, len(SCORES))).astype(np.float32)


def test_paths_of_independent_periods_add_up_like_independent_normals() -> None:
    panel = noise_panel(4)
    paths = sample_paths(marginals(noise_cube(4), panel, QUANTILE_LEVELS), Dependence(0, 0), paths=4000)
    assert paths.sum(axis=2).mean() == pytest.approx(1400, rel=0.005)
    assert paths[:, 0].sum(axis=1).std() == pytest.approx(10 * np.sqrt(14), rel=0.06)


def test_paths_that_share_their_level_add_up_to_the_sums_of_quantiles() -> None:
    panel = noise_panel(2)
    paths = sample_paths(marginals(noise_cube(2), panel, QUANTILE_LEVELS), Dependence(1, 0))
    assert np.quantile(paths[:, 0].sum(axis=1), 0.9) == pytest.approx(14 * noise_cube(1)[0, 0, -1], rel=0.01)


def test_a_shorter_horizon_has_the_beginning_of_the_same_paths() -> None:
    panel = noise_panel(3)
    long = sample_paths(marginals(noise_cube(3), panel, QUANTILE_LEVELS), Dependence())
    short = sample_paths(marginals(noise_cube(3, 5), panel, QUANTILE_LEVELS), Dependence())
    assert np.allclose(long[..., :5], short, rtol=1e-5)


def test_whole_units_stay_whole_and_fractions_become_chances(panel: Callable[..., Panel]) -> None:
    made = panel(series=2, days=60)
    cube = np.full((2, 7, 9), 0.25, dtype=np.float32)
    flat = Marginals(np.full((2, 7, 27), 0.25, dtype=np.float32), marginals(cube, made, QUANTILE_LEVELS).is_whole)
    paths = sample_paths(flat, Dependence())
    assert set(np.unique(paths)) == {0.0, 1.0}
    assert paths.mean() == pytest.approx(0.25, abs=0.03)


def test_rare_sales_have_demand_although_every_daily_quantile_is_zero() -> None:
    dates = pd.date_range(end="2024-06-30", periods=200)
    sold = np.where(np.arange(200) % 20 == 7, 2.0, 0.0)
    rare = panel_from_frame(pd.DataFrame({"unique_id": "rare", "ds": dates, "y": sold}))
    totals = calibrated_totals(np.zeros((1, 28, 9), dtype=np.float32), rare, QUANTILE_LEVELS, uncalibrated("D"))
    assert totals.mean[0, -1] == pytest.approx(28 * 0.1, rel=0.4)
    assert totals.quantiles[0, -1, NINE_TENTHS] >= 4


def test_totals_never_decrease_with_the_level_or_the_length() -> None:
    panel = noise_panel(20)
    totals = calibrated_totals(noise_cube(20), panel, QUANTILE_LEVELS, uncalibrated("D"))
    assert totals.quantiles.shape == (20, 14, len(TOTAL_LEVELS))
    assert (np.diff(totals.quantiles, axis=1) >= 0).all()
    assert (np.diff(totals.quantiles, axis=2) >= 0).all()
    assert np.isfinite(totals.quantiles).all()


def test_a_forecast_that_is_too_sure_of_itself_is_widened_by_its_past() -> None:
    panel = noise_panel(300)
    history = panel.until(92)
    actual = panel.y[:, 92:106].astype(np.float64)
    sure = PastTotals.of(noise_cube(300, deviation=3), history, actual, QUANTILE_LEVELS)
    before = PastTotals.of(noise_cube(300, deviation=3), panel.until(78), panel.y[:, 78:92], QUANTILE_LEVELS)
    learnt = learn_calibration([before], "D")
    shares = []
    for calibration in (uncalibrated("D"), learnt):
        happened, quantiles, _ = score_totals(sure, calibration, 7)
        shares.append(covered(happened[:, None], quantiles[:, None], TOTAL_LEVELS, 0.9).mean())
    assert shares[0] < 0.8
    assert 0.85 < shares[1] < 0.95


def test_totals_over_part_of_the_periods_are_scored_on_the_seen_ones_only() -> None:
    panel = noise_panel(10)
    actual = panel.y[:, -14:].astype(np.float64).copy()
    actual[:5, :4] = np.nan
    actual[5:, :3] = np.nan
    case = PastTotals.of(noise_cube(10), panel.until(106), actual, QUANTILE_LEVELS)
    happened, quantiles, rows = score_totals(case, uncalibrated("D"), 7)
    assert rows.tolist() == [5, 6, 7, 8, 9]
    assert happened == pytest.approx(np.nansum(actual[5:, :7], axis=1))
    assert quantiles[:, TOTAL_LEVELS.index(0.5)] == pytest.approx(400, rel=0.05)


def test_closed_days_add_nothing_although_the_history_sold(panel: Callable[..., Panel]) -> None:
    made = panel(series=3, days=140)
    is_open = np.ones((3, 154), dtype=np.float32)
    is_open[:, 6::7] = 0
    made.units[:, 6:140:7] = 0
    shop = replace(made, known={"is_open": is_open})
    totals = calibrated_totals(np.full((3, 14, 9), 2, dtype=np.float32), shop, QUANTILE_LEVELS, uncalibrated("D"))
    steps = np.diff(totals.mean, axis=1, prepend=0)
    closed = is_open[0, 140:] == 0
    assert (steps[:, closed] == 0).all()
    assert (steps[:, ~closed] > 1).all()
