"""The statistical models: against the library, and on hostile series."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from forecasting.frequency import FREQUENCIES
from forecasting.models.empirical import last_known, quantiles
from forecasting.models.intermittent import Intermittent, intermittent_models
from forecasting.models.moving_average import MovingAverage
from forecasting.models.protocol import Forecaster, to_cube
from forecasting.models.seasonal_naive import SeasonalNaive
from forecasting.models.smoothing import AutoETS, Theta
from forecasting.models.weekday_quantiles import WeekdayQuantiles
from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame
from retail.errors import ForecastError
from retail.vocabulary import QUANTILE_COLUMNS, QUANTILE_LEVELS

FLOORS = [SeasonalNaive(), MovingAverage(), WeekdayQuantiles()]
STATISTICAL = [*FLOORS, Theta(), *intermittent_models()]


def _one(values: list[float] | np.ndarray) -> Panel:
    dates = pd.date_range(end="2024-06-30", periods=len(values))
    return panel_from_frame(pd.DataFrame({"unique_id": "a", "ds": dates, "y": np.asarray(values, dtype=float)}))


def _cube(model: Forecaster, panel: Panel, horizon: int = 28) -> np.ndarray:
    return to_cube(model.predict(panel, horizon, QUANTILE_LEVELS), panel, horizon, QUANTILE_LEVELS)


def test_empirical_quantiles_are_numpys_with_unknown_values_left_out() -> None:
    samples = np.random.default_rng(0).gamma(2, 5, size=(4, 11, 3)).astype(np.float32)
    samples[1, 2:9, 0] = np.nan
    expected = np.moveaxis(np.nanquantile(samples, QUANTILE_LEVELS, axis=1), 0, -1)
    assert quantiles(samples, QUANTILE_LEVELS) == pytest.approx(expected, rel=1e-5)


def test_last_known_values_skip_gaps() -> None:
    values = np.array([[1, np.nan, 2, 3, np.nan], [np.nan, np.nan, np.nan, np.nan, 7]], dtype=np.float32)
    found = last_known(values, 2)
    assert found[0].tolist() == [2.0, 3.0]
    assert np.isnan(found[1, 0])
    assert found[1, 1] == 7.0


@pytest.mark.parametrize(("code", "season", "length"), [("D", 7, 100), ("M", 12, 40), ("W", 1, 60)])
def test_seasonal_naive_equals_statsforecast_on_a_complete_history(code: str, season: int, length: int) -> None:
    from statsforecast.models import SeasonalNaive as Library

    values = np.random.default_rng(1).poisson(40, length).astype(float)
    library = Library(season_length=season).forecast(y=values, h=20, level=[20, 40, 60, 80])
    expected = [library[f"lo-{width}"] for width in (80, 60, 40, 20)] + [library["mean"]]
    expected += [library[f"hi-{width}"] for width in (20, 40, 60, 80)]
    panel = _one(values)
    panel = Panel(panel.series, panel.dates, panel.units, panel.in_stock, frequency=FREQUENCIES[code])
    assert pytest.approx(np.maximum(expected, 0), rel=1e-4) == _cube(SeasonalNaive(), panel, 20)[0].T


def test_seasonal_naive_takes_the_last_known_day_of_the_same_weekday() -> None:
    values = np.tile(np.arange(1.0, 8.0), 4)
    values[-2] = np.nan
    values[-9] = 70.0
    assert _cube(SeasonalNaive(), _one(values))[0, 5, 4] == pytest.approx(70.0)


def test_weekday_quantiles_know_the_weekday_and_the_recent_level() -> None:
    values = np.tile([10.0, 0, 0, 0, 0, 0, 20], 26)
    values[-28:] *= 2
    median = _cube(WeekdayQuantiles(), _one(values))[0, :, 4]
    assert median[0] > median[6] / 3 > 0
    assert median[1:6].max() == 0
    assert median[0] == pytest.approx(10 * 2 * 26 / 30, rel=0.01)
    assert median[:7].tolist() == median[7:14].tolist()


def test_a_new_product_borrows_the_weekdays_of_its_category_in_its_store() -> None:
    dates = pd.date_range(end="2024-06-30", periods=140)
    old = np.tile([2.0, 2, 2, 2, 2, 2, 50], 20)
    frame = pd.concat(
        [
            pd.DataFrame({"unique_id": "old", "ds": dates, "y": old}),
            pd.DataFrame({"unique_id": "new", "ds": dates[-5:], "y": 4.0}),
        ]
    ).assign(store_id="S1", category="Dairy")
    panel = panel_from_frame(frame, static=["store_id", "category"])
    median = _cube(WeekdayQuantiles(), panel)[panel.unique_ids.index("new"), :7, 4]
    assert median.argmax() == 6
    assert median[6] > 3 * median[0] > 0


@pytest.mark.parametrize("model", STATISTICAL, ids=lambda model: model.name)
@pytest.mark.parametrize(
    "values",
    [
        [3.0],
        [0.0] * 60,
        [0.25, 1.75] * 40,
        [2.0] * 100 + [1_000_000.0] + [2.0] * 10,
        [5.0] + [np.nan] * 60 + [5.0],
        [1.0, 0.0, 2.0],
    ],
    ids=["one day", "all zeros", "fractions", "huge spike", "a long gap", "three days"],
)
def test_statistical_models_always_answer_with_finite_sorted_quantiles_from_zero_up(
    model: Forecaster, values: list[float]
) -> None:
    cube = _cube(model, _one(values))
    assert np.isfinite(cube).all()
    assert (cube >= 0).all()
    assert (np.diff(cube, axis=-1) >= 0).all()


@pytest.mark.parametrize("model", FLOORS, ids=lambda model: model.name)
def test_a_huge_spike_does_not_move_the_median(model: Forecaster) -> None:
    values = np.tile([4.0, 6.0], 70)
    values[-20] = 1_000_000
    assert np.median(_cube(model, _one(values))[0, :, 4]) < 20


@pytest.mark.parametrize("model", STATISTICAL, ids=lambda model: model.name)
def test_a_series_without_any_known_demand_gets_zeros(model: Forecaster) -> None:
    panel = _one([4.0] * 30)
    panel.in_stock[:] = False
    assert _cube(model, panel).max() == 0


def test_the_long_table_has_a_row_per_series_and_date(panel: Callable[..., Panel]) -> None:
    made = panel(series=3)
    table = MovingAverage().predict(made, 5, QUANTILE_LEVELS)
    assert table.columns.tolist() == ["unique_id", "ds", *QUANTILE_COLUMNS]
    assert table["unique_id"].tolist() == [name for name in made.unique_ids for _ in range(5)]
    assert table["ds"].iloc[:5].tolist() == list(pd.date_range("2024-07-01", periods=5))


def test_a_table_with_missing_rows_is_no_answer(panel: Callable[..., Panel]) -> None:
    made = panel(series=3)
    table = MovingAverage().predict(made, 5, QUANTILE_LEVELS)
    with pytest.raises(ForecastError, match="14 rows"):
        to_cube(table.iloc[:-1], made, 5, QUANTILE_LEVELS)


@pytest.mark.parametrize("model", intermittent_models(), ids=lambda model: model.name)
def test_intermittent_models_expect_what_the_library_expects(model: Intermittent) -> None:
    from statsforecast.models import ADIDA, TSB, CrostonSBA

    library = {"croston_sba": CrostonSBA(), "tsb": TSB(alpha_d=0.1, alpha_p=0.1), "adida": ADIDA()}[model.name]
    values = np.random.default_rng(2).poisson(0.3, 20).astype(float)
    centre = library.forecast(values, 1)["mean"][0]
    expected = np.maximum(centre + np.quantile(values - centre, QUANTILE_LEVELS), 0)
    assert _cube(model, _one(values))[0, 13] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("model", intermittent_models(), ids=lambda model: model.name)
def test_conformal_intervals_hold_what_they_promise(model: Intermittent) -> None:
    generator = np.random.default_rng(4)
    sales = generator.poisson(2.0, size=(40, 228)).astype(float)
    inside = [
        np.mean(future <= _cube(model, _one(past))[0, 0, 8])
        for past, future in zip(sales[:, :200], sales[:, 200:], strict=True)
    ]
    assert 0.87 <= np.mean(inside) <= 0.97


def test_auto_ets_answers_over_gaps_and_constant_series(panel: Callable[..., Panel]) -> None:
    made = panel(series=2, days=60)
    made.units[0, 5:9] = np.nan
    made.units[1] = 0
    cube = _cube(AutoETS(), made, 7)
    assert np.isfinite(cube).all()
    assert (cube >= 0).all()
