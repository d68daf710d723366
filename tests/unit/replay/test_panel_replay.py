"""The replay of a panel: its rules, its document, and that nothing of the hold-out is known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.frequency import frequency
from forecasting.models.moving_average import MovingAverage
from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame
from forecasting.replenishment.replay.panel_replay import Rules, replay_panel
from retail.errors import UnusableRequest

RULES = Rules(holding=0.2, shortage=1.0, lead_time=2, review=1, hold_out=8)


def _panel(series: int = 12, weeks: int = 70) -> Panel:
    generator = np.random.default_rng(4)
    mean = generator.gamma(1.0, 3.0, size=(series, 1)) + 0.3
    units = generator.poisson(mean, size=(series, weeks))
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{number:02d}" for number in range(series)], weeks),
            "ds": np.tile(pd.date_range("2023-01-02", periods=weeks, freq="7D"), series),
            "y": units.ravel().astype(float),
        }
    )
    return panel_from_frame(frame, frequency("W"))


def test_every_policy_and_the_interval_are_in_the_document() -> None:
    found = replay_panel(_panel(), [MovingAverage()], RULES)
    document = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    rows = {row["policy"]: row for row in document["policies"]}
    assert {"order_up_to_4", "best_constant", "tillsight"} <= set(rows)
    for row in rows.values():
        assert row["cost"] == pytest.approx(row["holding"] + row["shortage"])
        assert 0 < row["fill_rate"] <= 1
        assert 0 <= row["stockout_share"] <= 1
    interval = document["interval"]
    assert (interval["policy"], interval["against"]) == ("tillsight", "best_constant")
    assert interval["low"] <= rows["tillsight"]["cost"] - rows["best_constant"]["cost"] <= interval["high"]


def test_all_policies_meet_the_same_start_and_demand() -> None:
    found = replay_panel(_panel(), [MovingAverage()], RULES)
    first = found.outcomes[0].tally
    for outcome in found.outcomes:
        np.testing.assert_array_equal(outcome.tally.demand, first.demand)
        np.testing.assert_array_equal(outcome.tally.left[:, :3], first.left[:, :3])  # nothing ordered has come yet


@pytest.mark.parametrize("review", [1, 3])
def test_orders_know_nothing_of_what_comes_after_them(review: int) -> None:
    panel = _panel()
    rules = replace(RULES, review=review)
    units = panel.units.copy()
    changed_from = len(panel.dates) - 5
    units[:, changed_from:] = 77.0
    one = replay_panel(panel, [MovingAverage()], rules)
    other = replay_panel(replace(panel, units=units), [MovingAverage()], rules)
    before = rules.hold_out - 5
    for outcome in one.outcomes:
        same = other.of(outcome.policy)
        np.testing.assert_array_equal(outcome.tally.ordered[:, :before], same.tally.ordered[:, :before])
        assert outcome.choice == same.choice


def test_the_same_replay_twice_gives_the_same_figures() -> None:
    assert (
        replay_panel(_panel(), [MovingAverage()], RULES).as_dict()
        == replay_panel(_panel(), [MovingAverage()], RULES).as_dict()
    )


def test_without_lead_time_an_order_is_there_in_the_next_period() -> None:
    found = replay_panel(_panel(), [MovingAverage()], replace(RULES, lead_time=0)).of("best_constant").tally
    np.testing.assert_array_equal(found.received[:, 1:], found.ordered[:, :-1])


def test_periods_of_unknown_demand_ask_for_nothing() -> None:
    panel = _panel()
    units = panel.units.copy()
    units[0, -4:] = np.nan
    found = replay_panel(replace(panel, units=units), [MovingAverage()], RULES)
    assert found.of("tillsight").tally.demand[0, -4:].tolist() == [0, 0, 0, 0]


def test_a_hold_out_that_leaves_no_history_is_refused() -> None:
    with pytest.raises(UnusableRequest, match="Hold out fewer periods"):
        replay_panel(_panel(weeks=14), [MovingAverage()], RULES)


def test_a_short_history_is_replayed_with_what_there_is() -> None:
    found = replay_panel(_panel(weeks=24), [MovingAverage()], RULES)
    assert found.of("tillsight").fill_rate is not None
