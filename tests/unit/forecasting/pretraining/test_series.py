"""The simulator: reproducible, of the asked shape, and with the traits of retail series that it promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.pretraining.series.events import episodes
from forecasting.pretraining.series.mixture import MIXTURES, simulate
from forecasting.pretraining.series.retail import retail
from forecasting.pretraining.series.styles import GROUP_WEEKLY, SLOW_DAILY, STORE_DAILY, Style

PLAIN: Style = replace(
    STORE_DAILY,
    closed=0.0,
    year=(0.0,),
    year_shares=(1.0,),
    rough=(0.0,),
    rough_shares=(1.0,),
    holidays=(0.0,),
    holiday_shares=(1.0,),
    trend=0.0,
    drift=(0.0,),
    drift_shares=(1.0,),
    wander=(0.0,),
    wander_shares=(1.0,),
    promotions=(1.0, 0.0, 0.0, 0.0),
    lives=(1.0, 0.0, 0.0, 0.0, 0.0),
    observations=(0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    noise=(0.02, 0.03),
    stockouts=0.0,
    gaps=(0.0, 0.1),
)


@pytest.mark.parametrize("name", list(MIXTURES))
def test_a_mixture_gives_the_same_series_for_the_same_seed_and_others_for_another(name: str) -> None:
    first, again, other = (simulate(np.random.default_rng(seed), name, 40, 104, 16) for seed in (1, 1, 2))
    assert first[0].shape == (40, 104)
    assert first[1].shape == (40, 16)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1], equal_nan=True)


@pytest.mark.parametrize("name", list(MIXTURES))
def test_shares_of_a_mixture_add_up_and_no_value_is_infinite(name: str) -> None:
    assert sum(source.share for source in MIXTURES[name]) == pytest.approx(1)
    for source in MIXTURES[name]:
        assert not np.isinf(source.draw(np.random.default_rng(3), 60, 300)).any()


@pytest.mark.parametrize("name", list(MIXTURES))
def test_a_batch_may_lack_a_kind_of_series(name: str) -> None:
    for seed in range(20):
        history, _ = simulate(np.random.default_rng(seed), name, 2, 104, 16)
        assert len(history) == 2


def test_histories_are_of_many_lengths_and_fresh_goods_have_at_most_four_months() -> None:
    history, _ = simulate(np.random.default_rng(4), "daily", 300, 511, 64)
    lengths = 511 - np.isfinite(history).argmax(axis=1)
    assert (lengths > 500).any()
    assert (lengths < 60).any()
    assert max(source.longest for source in MIXTURES["daily"]) >= 511
    assert min(source.longest for source in MIXTURES["daily"]) <= 120


def test_a_plain_store_repeats_its_week() -> None:
    values = retail(np.random.default_rng(5), 20, 280, PLAIN)
    weekly = np.abs(values[:, 7:] / values[:, :-7] - 1)
    assert np.median(weekly) < 0.05


def test_a_year_of_its_own_weeks_returns_after_52_weeks() -> None:
    style = replace(PLAIN, period="week", rough=(0.3,))
    values = np.log(retail(np.random.default_rng(6), 200, 156, style))
    last_year = [np.corrcoef(row[52:], row[:-52])[0, 1] for row in values]
    other_week = [np.corrcoef(row[49:], row[:-49])[0, 1] for row in values]
    assert np.median(last_year) > 0.8
    assert abs(np.median(other_week)) < 0.2


def test_slow_sellers_are_mostly_zero_and_groups_hardly_ever() -> None:
    slow = retail(np.random.default_rng(7), 200, 300, SLOW_DAILY)
    group = retail(np.random.default_rng(7), 200, 150, GROUP_WEEKLY)
    assert np.nanmean(slow == 0) > 0.5
    assert np.nanmean(group == 0) < 0.1


def test_stockouts_leave_unknown_periods_or_zeros() -> None:
    with_stockouts = retail(np.random.default_rng(8), 200, 300, replace(PLAIN, stockouts=1.0))
    assert np.isnan(with_stockouts).any(axis=1).mean() > 0.2
    assert (with_stockouts == 0).any(axis=1).mean() > 0.2
    assert np.isfinite(retail(np.random.default_rng(8), 50, 300, PLAIN)).all()


def test_a_closed_weekday_sells_nothing() -> None:
    values = retail(np.random.default_rng(9), 30, 140, replace(PLAIN, closed=1.0))
    by_weekday = values.reshape(30, 20, 7).sum(axis=1)
    assert ((by_weekday == 0).sum(axis=1) >= 1).all()


def test_episodes_add_up_where_they_overlap_and_reach_past_the_ends() -> None:
    found = episodes(8, np.array([[-2.0, 3, 4, 7]]), np.array([[3.0, 3, 1, 9]]), np.array([[1.0, 2, 4, 8]]))
    np.testing.assert_allclose(found, [[1, 0, 0, 2, 6, 2, 0, 8]])
