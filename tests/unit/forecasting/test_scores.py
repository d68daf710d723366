"""Scores against calculations by hand."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting import scores

LEVELS = (0.1, 0.5, 0.9)


def _cube(*quantiles: tuple[float, float, float]) -> np.ndarray:
    return np.array([[list(day) for day in quantiles]])


def test_wql_is_twice_the_pinball_loss_over_the_units_averaged_over_levels() -> None:
    y = np.array([[10.0, 4.0]])
    cube = _cube((6, 8, 12), (6, 8, 12))
    # day 1: 0.1×4, 0.5×2, 0.1×2 (above);  day 2: 0.9×2, 0.5×4, 0.1×8
    loss = (0.4 + 1.0 + 0.2) / 3 + (1.8 + 2.0 + 0.8) / 3
    found = scores.summarise(scores.tally(y, cube, LEVELS, np.array([2.0])))
    assert found["wql"] == pytest.approx(2 * loss / 14)
    assert found["wape"] == pytest.approx((2 + 4) / 14)
    assert found["bias"] == pytest.approx((-2 + 4) / 14)
    assert found["mase"] == pytest.approx((2 + 4) / 2 / 2.0)


def test_wql_weighs_series_by_their_units_and_mase_by_number() -> None:
    y = np.array([[100.0], [1.0]])
    cube = np.array([[[90.0, 90.0, 90.0]], [[0.0, 0.0, 0.0]]])
    found = scores.summarise(scores.tally(y, cube, LEVELS, np.array([10.0, 0.5])))
    assert found["wape"] == pytest.approx(11 / 101)
    assert found["mase"] == pytest.approx((10 / 10 + 1 / 0.5) / 2)


def test_days_that_were_not_seen_are_not_scored() -> None:
    y = np.array([[10.0, np.nan]])
    seen = scores.tally(y, _cube((6, 8, 12), (0, 0, 0)), LEVELS, np.array([1.0]))
    alone = scores.tally(y[:, :1], _cube((6, 8, 12)), LEVELS, np.array([1.0]))
    assert seen.equals(alone)


def test_scores_are_null_where_nothing_was_sold() -> None:
    found = scores.summarise(scores.tally(np.zeros((1, 3)), np.zeros((1, 3, 3)), LEVELS, np.array([np.nan])))
    assert found["wql"] is None
    assert found["wape"] is None
    assert found["bias"] is None
    assert found["mase"] is None


def test_seasonal_scale_skips_unknown_days_and_constant_histories() -> None:
    y = np.array([[1.0, 2.0, 4.0, np.nan, 5.0], [3.0, 3.0, 3.0, 3.0, 3.0]])
    scale = scores.seasonal_scale(y, np.array([2, 1]))
    assert scale[0] == pytest.approx((3 + 1) / 2)
    assert np.isnan(scale[1])


def test_coverage_without_ties_counts_what_lies_below() -> None:
    y = np.array([[5.0, 7.0, 13.0]])
    cube = _cube((6, 8, 12), (6, 8, 12), (6, 8, 12))
    assert scores.covered(y, cube, LEVELS, 0.1).tolist() == [[1.0, 0.0, 0.0]]
    assert scores.covered(y, cube, LEVELS, 0.9).tolist() == [[1.0, 1.0, 0.0]]


def test_coverage_at_a_tie_is_the_share_of_the_range_of_the_transform() -> None:
    y = np.array([[0.0, 0.0]])
    cube = _cube((0, 0, 0), (0, 0, 3))
    # all quantiles tie: the transform is uniform on 0 to 1;  the first two tie: uniform on 0 to 0.9
    assert scores.covered(y, cube, LEVELS, 0.1)[0] == pytest.approx([0.1, 0.1 / 0.9])
    assert scores.covered(y, cube, LEVELS, 0.9)[0] == pytest.approx([0.9, 1.0])


def test_the_true_quantiles_of_rare_sales_are_covered_as_their_levels_say() -> None:
    levels = tuple(np.arange(1, 10) / 10)
    y = np.random.default_rng(1).poisson(0.4, size=(200, 100)).astype(float)
    cumulative = np.cumsum([np.exp(-0.4) * 0.4**k / [1, 1, 2, 6, 24, 120][k] for k in range(6)])
    quantile = np.searchsorted(cumulative, levels).astype(float)
    cube = np.broadcast_to(quantile, (200, 100, 9))
    assert scores.covered(y, cube, levels, 0.9).mean() == pytest.approx(0.9, abs=0.03)
    assert scores.covered(y, cube, levels, 0.1).mean() == pytest.approx(0.1, abs=0.03)


def test_per_series_scores_are_those_of_the_series_alone() -> None:
    y = np.array([[10.0, 4.0], [3.0, 1.0]])
    cube = np.random.default_rng(2).gamma(2, 3, size=(2, 2, 3))
    cube.sort(axis=-1)
    sums = scores.tally(y, cube, LEVELS, np.array([2.0, 1.0]))
    whole = scores.per_series(sums)
    for row in range(2):
        alone = scores.summarise(sums.iloc[[row]])
        assert whole.iloc[row].to_dict() == pytest.approx({name: alone[name] for name in scores.SCORES})


def test_mape_counts_only_periods_that_sold() -> None:
    y = np.array([[10.0, 0.0, 5.0]])
    cube = np.repeat(np.array([[8.0, 3.0, 10.0]])[..., None], 3, axis=2)
    found = scores.summarise(scores.tally(y, cube, LEVELS, np.array([1.0])))
    assert found["mape"] == pytest.approx((0.2 + 1.0) / 2)
    assert found["mae"] == pytest.approx(10 / 3)
    assert found["rmse"] == pytest.approx(np.sqrt((4 + 9 + 25) / 3))
