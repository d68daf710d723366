"""The combination: what is averaged, what is dropped, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.models.combination import Members, average, combine, predict_members
from forecasting.models.moving_average import MovingAverage
from forecasting.models.protocol import to_table
from forecasting.models.weekday_quantiles import WeekdayQuantiles
from forecasting.panel import Panel
from forecasting.weights import Selection, Weights, load, prior, save
from retail.errors import ForecastError
from retail.progress import Progress, silent
from retail.vocabulary import QUANTILE_LEVELS


class _Fixed:
    """Says the same for every series, except what it is told to say for the first."""

    def __init__(self, name: str, value: float, first: float | None = None) -> None:
        self.name = name
        self.value = value
        self.first = value if first is None else first

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        cube = np.full((len(panel), horizon, len(quantile_levels)), self.value, dtype=np.float32)
        cube[0] = self.first
        return to_table(panel, cube, quantile_levels)


class _Failing:
    name = "failing"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        raise ForecastError("The weights in nowhere are missing.")


def _combine(panel: Panel, models: Sequence[_Fixed | _Failing], weights: Weights) -> tuple[np.ndarray, list[str]]:
    cube, names = combine(predict_members(models, panel, 3, QUANTILE_LEVELS), panel, weights)
    return cube, names.tolist()


def test_quantiles_are_averaged_by_weight_and_the_name_says_of_what(panel: Callable[..., Panel]) -> None:
    weights = Weights(default={"a": 3.0, "b": 1.0})
    cube, names = _combine(panel(2), [_Fixed("a", 8), _Fixed("b", 4)], weights)
    assert (cube == 7).all()
    assert names == ["combination(a+b)"] * 2


def test_a_segment_has_its_own_weights(panel: Callable[..., Panel]) -> None:
    made = panel(2, days=200)
    made.units[0, :-30] = np.nan
    weights = Weights(default={"a": 1.0}, segments={"short_regular": {"b": 1.0}})
    cube, names = _combine(made, [_Fixed("a", 8), _Fixed("b", 4)], weights)
    assert names == ["b", "a"]
    assert cube[:, 0, 0].tolist() == [4.0, 8.0]


def test_a_model_that_fails_is_dropped_and_named(panel: Callable[..., Panel]) -> None:
    members = predict_members([_Failing(), _Fixed("b", 4)], panel(2), 3, QUANTILE_LEVELS)
    cube, names = combine(members, panel(2), Weights(default={"failing": 0.9, "b": 0.1}))
    assert members.dropped == {"failing": "The weights in nowhere are missing."}
    assert (cube == 4).all()
    assert names.tolist() == ["b", "b"]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e9])
def test_an_answer_that_is_not_finite_or_explodes_is_left_out_for_that_series(
    panel: Callable[..., Panel], bad: float
) -> None:
    weights = Weights(default={"a": 1.0, "b": 1.0})
    cube, names = _combine(panel(2), [_Fixed("a", 8, first=bad), _Fixed("b", 4)], weights)
    assert names == ["b", "combination(a+b)"]
    assert cube[:, 0, 0].tolist() == [4.0, 6.0]


def test_a_model_without_weight_serves_where_no_weighted_one_answered(panel: Callable[..., Panel]) -> None:
    cube, names = _combine(panel(2), [_Fixed("a", 8, first=np.nan), _Fixed("b", 4)], Weights(default={"a": 1.0}))
    assert names == ["b", "a"]
    assert cube[:, 0, 0].tolist() == [4.0, 8.0]


def test_zeros_named_none_where_nobody_answered(panel: Callable[..., Panel]) -> None:
    cube, names = _combine(panel(2), [_Fixed("a", 8, first=np.nan)], Weights(default={"a": 1.0}))
    assert names == ["none", "a"]
    assert (cube[0] == 0).all()


def test_every_model_failing_is_an_error(panel: Callable[..., Panel]) -> None:
    with pytest.raises(ForecastError, match="No model could forecast"):
        predict_members([_Failing()], panel(2), 3, QUANTILE_LEVELS)


def test_quantiles_come_out_sorted_and_never_negative(panel: Callable[..., Panel]) -> None:
    class _Crossing(_Fixed):
        def predict(
            self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
        ) -> pd.DataFrame:
            values = np.linspace(5, -3, len(quantile_levels), dtype=np.float32)
            cube = np.broadcast_to(values, (len(panel), horizon, len(quantile_levels)))
            return to_table(panel, np.ascontiguousarray(cube), quantile_levels)

    cube, _ = _combine(panel(2), [_Crossing("a", 0)], Weights(default={"a": 1.0}))
    assert (cube >= 0).all()
    assert (np.diff(cube, axis=-1) >= 0).all()


def test_a_model_is_asked_only_for_the_series_it_is_for(panel: Callable[..., Panel]) -> None:
    made = panel(3)
    only = {"a": np.array([False, True, False])}
    members = predict_members([_Fixed("a", 8), _Fixed("b", 4)], made, 3, QUANTILE_LEVELS, only=only)
    _, names = combine(members, made, Weights(default={"a": 1.0, "b": 1.0}))
    assert names.tolist() == ["b", "combination(a+b)", "b"]


def test_the_shipped_weights_serve_every_segment_with_the_statistical_models_alone(
    panel: Callable[..., Panel],
) -> None:
    made = panel(4)
    made.units[0] = 0
    made.units[1, :-5] = np.nan
    members = predict_members([WeekdayQuantiles(), MovingAverage()], made, 3, QUANTILE_LEVELS)
    _, names = combine(members, made, prior())
    assert "none" not in names


def test_other_chronos_weights_have_the_share_of_the_bundled_ones() -> None:
    weights = Weights(default={"bundled": 0.6, "weekday_quantiles": 0.4})
    assert weights.shares("any", ["chronos-2", "weekday_quantiles", "seasonal_naive"]).tolist() == [0.6, 0.4, 0.0]


def test_a_selection_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "forecast_weights.json"
    save(path, Selection(Weights(default={"a": 1.0}), [{"model_name": "a", "wql": None}]))
    assert load(path) == Selection(Weights(default={"a": 1.0}), [{"model_name": "a", "wql": None}])


@pytest.mark.parametrize("text", ["", "{}", '{"weights": {"default": {"a": "much"}}, "accuracy": []}', "[1]"])
def test_a_broken_weights_file_is_named_with_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "forecast_weights.json"
    path.write_text(text)
    with pytest.raises(ForecastError, match="holds no forecast weights"):
        load(path)


def test_each_level_has_its_own_share(panel: Callable[..., Panel]) -> None:
    rising = [level / 10 for level in range(1, 10)]
    weights = Weights(default={"a": rising, "b": [1 - share for share in rising]})
    members = predict_members([_Fixed("a", 20), _Fixed("b", 0)], panel(2), 3, QUANTILE_LEVELS)
    cube, _ = average(members, panel(2), weights)
    assert cube[0, 0] == pytest.approx(range(2, 20, 2), rel=1e-5)


def test_series_of_whole_units_get_whole_quantiles_and_others_keep_fractions(panel: Callable[..., Panel]) -> None:
    made = panel(2)
    made.units[1, 0] = 0.5
    members = predict_members([_Fixed("a", 2.6)], made, 3, QUANTILE_LEVELS)
    cube, _ = combine(members, made, Weights(default={"a": 1.0}))
    fine, _ = average(members, made, Weights(default={"a": 1.0}))
    assert (cube[0] == 3).all()
    assert cube[1] == pytest.approx(2.6)
    assert fine == pytest.approx(2.6)


def test_a_model_that_was_not_there_before_joins_with_its_share_of_other_weights() -> None:
    learnt = Weights(default={"a": [1.0, 0.5], "b": [0.0, 0.5]}, segments={"new_regular": {"a": 1.0}})
    joined = learnt.joined_by(["c"], Weights(default={"a": 3.0, "c": 1.0}))
    assert joined.level_shares("any", ["a", "b", "c"], 2).tolist() == [[0.75, 0.375], [0.0, 0.375], [0.25, 0.25]]
    assert joined.shares("new_regular", ["a", "c"]).tolist() == [0.75, 0.25]


def test_nothing_is_expected_of_a_closed_day_whatever_the_models_say(panel: Callable[..., Panel]) -> None:
    known = panel(series=2, days=70)
    is_open = np.ones((2, 98), dtype=np.float32)
    is_open[:, 6::7] = 0
    units = np.where(is_open[:, :70] > 0, known.units, 0)
    closing = replace(known, units=units, known={"is_open": is_open})
    said = Members({"stubborn": np.full((2, 28, 9), 5.0, dtype=np.float32)}, {}, {"stubborn": 0.0})
    cube, _ = combine(said, closing, Weights(default={"stubborn": 1.0}))
    assert (cube[is_open[:, 70:] == 0] == 0).all()
    assert (cube[is_open[:, 70:] == 1] == 5).all()
