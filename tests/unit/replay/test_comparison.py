"""Intervals of the difference between two policies."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.replenishment.replay.comparison import Outcome, cumulative_band, paired_interval
from forecasting.replenishment.replay.simulation import Prices, Tally


def _outcome(name: str, left: np.ndarray) -> Outcome:
    nothing = np.zeros_like(left)
    demand = np.full_like(left, 4.0)
    return Outcome.of(name, Tally(demand, nothing, demand - 1.0, nothing, left, nothing), Prices(1.0, 0.0))


def test_an_outcome_says_cost_and_service() -> None:
    row = _outcome("one", np.array([[0.0, 2.0]])).as_dict()
    assert row["cost"] == 2.0
    assert row["fill_rate"] == 0.75
    assert row["stockout_share"] == 0.5
    assert row["average_stock"] == 1.0


def test_a_policy_against_itself_differs_by_nothing() -> None:
    one = _outcome("one", np.random.default_rng(0).random((20, 3)))
    found = paired_interval(one, one)
    assert (found.difference, found.low, found.high) == (0.0, 0.0, 0.0)


def test_the_interval_covers_the_difference_and_is_as_wide_as_the_series_vary() -> None:
    generator = np.random.default_rng(1)
    base = generator.random((400, 2))
    cheaper = _outcome("a", base)
    dearer = _outcome("b", base + generator.normal(0.5, 1.0, size=(400, 2)).clip(-1, 3))
    found = paired_interval(cheaper, dearer)
    assert found.low < found.difference < found.high < 0
    spread = (cheaper.cost - dearer.cost).sum(axis=1).std() * np.sqrt(400)
    assert found.high - found.low == pytest.approx(2 * 1.96 * spread, rel=0.1)
    assert found.share == pytest.approx(found.difference / dearer.cost.sum())


def test_rows_of_one_series_are_drawn_together() -> None:
    base = np.random.default_rng(1).random((100, 1))
    first, second = _outcome("a", np.repeat(base, 4, axis=0)), _outcome("b", np.zeros((400, 1)))
    alone = paired_interval(first, second)
    together = paired_interval(first, second, groups=np.repeat(np.arange(100), 4))
    assert together.difference == pytest.approx(alone.difference)
    assert (together.high - together.low) == pytest.approx(2 * (alone.high - alone.low), rel=0.15)


def test_the_band_ends_at_the_interval() -> None:
    generator = np.random.default_rng(5)
    first, second = _outcome("a", generator.random((50, 4))), _outcome("b", generator.random((50, 4)))
    middle, low, high = cumulative_band(first, second)
    found = paired_interval(first, second)
    assert middle[-1] == pytest.approx(found.difference)
    assert (low[-1], high[-1]) == (pytest.approx(found.low), pytest.approx(found.high))
