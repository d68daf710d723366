"""`tillsight replay --panel`: the last periods of a panel again, with stock that depends on what a policy ordered.

The rules are fixed (docs/replay.md): demand is `y`; every policy starts with twice the recent mean on hand and one mean
due in each period of the lead time, sees the history up to the moment it orders, and nothing after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from forecasting.models.protocol import Forecaster
from forecasting.panel import Panel
from forecasting.replenishment.replay.comparison import Interval, Outcome, paired_interval
from forecasting.replenishment.replay.forecasts import RollingForecasts
from forecasting.replenishment.replay.look_ahead import LookAhead
from forecasting.replenishment.replay.policies import TUNED_ON, MeanMultiple, MinMax, best_constant, start_world
from forecasting.replenishment.replay.shelf import Units
from forecasting.replenishment.replay.simulation import Moment, Policy, Prices, costs, simulate
from retail.errors import UnusableRequest
from retail.progress import Progress, silent

OURS: Final = "tillsight"
RIVAL: Final = "best_constant"
CAUTIONS: Final[Sequence[float]] = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""Values of `LookAhead.caution` to choose from."""

_LEARNT_FROM: Final = 8
_FEWEST_BEFORE: Final = 8


@dataclass(frozen=True, slots=True)
class Rules:
    """What a replay of a panel is asked for.

    Attributes:
        holding: Cost of a unit that is left at the end of a period.
        shortage: Cost of a unit of demand that is lost.
        lead_time: Periods between the end of an order's period and the period from whose start it is on the shelf.
        review: Periods between order moments.
        hold_out: Periods at the end of the panel that are replayed.
    """

    holding: float
    shortage: float
    lead_time: int
    review: int
    hold_out: int

    @property
    def prices(self) -> Prices:
        """The same as prices of the simulator."""
        return Prices(holding=self.holding, shortage=self.shortage)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found.

    Attributes:
        outcomes: Every policy's, in the order in which they are shown.
        interval: `tillsight` against `best_constant`.
        notes: What a reader should know.
    """

    outcomes: list[Outcome]
    interval: Interval
    notes: list[str]

    def of(self, policy: str) -> Outcome:
        """The outcome of one policy."""
        return next(outcome for outcome in self.outcomes if outcome.policy == policy)

    def as_dict(self) -> dict[str, object]:
        """The document that `tillsight replay --json` prints."""
        first = self.outcomes[0].tally
        return {
            "series": len(first.demand),
            "periods": first.demand.shape[1],
            "policies": [outcome.as_dict() for outcome in self.outcomes],
            "interval": self.interval.as_dict(),
            "notes": self.notes,
        }


@dataclass(frozen=True, slots=True)
class _OnTime:
    """A policy without the orders that would arrive after the end: they change no figure, and cost a forecast each."""

    policy: Policy
    last: int

    @property
    def name(self) -> str:
        return self.policy.name

    def order(self, moment: Moment) -> Units:
        return self.policy.order(moment) if moment.period <= self.last else np.zeros_like(moment.on_hand)


def replay_panel(panel: Panel, models: Sequence[Forecaster], rules: Rules, progress: Progress = silent) -> Replay:
    """Replay the end of a panel with every policy.

    Args:
        panel: History with the hold-out at its end.
        models: What the forecasts of `tillsight` are combined from.
        rules: Costs, times and the hold-out.
        progress: Told of past moments and of policies.

    Raises:
        UnusableRequest: The panel is too short for the hold-out.
        ForecastError: Every model failed.
    """
    start = len(panel.dates) - rules.hold_out
    if start < _FEWEST_BEFORE:
        raise UnusableRequest(
            f"A hold-out of {rules.hold_out} periods leaves {max(0, start)} of {len(panel.dates)} to order from; "
            f"it takes {_FEWEST_BEFORE}. Hold out fewer periods, or give a longer history."
        )
    demand = np.nan_to_num(panel.units).astype(np.float64)
    world = start_world(demand, start, rules.hold_out, lead_time=rules.lead_time, review=rules.review)
    times = {"lead_time": rules.lead_time, "review": rules.review}
    constant = best_constant(demand, start, rules.prices, **times)
    ours, notes = tillsight(panel, demand, models, rules, progress)
    policies: list[tuple[Policy, float | None]] = [
        (MeanMultiple("order_up_to_4", demand, start, 4.0), None),
        (constant, constant.multiple),
        (MinMax("min_max", demand, start, rules.lead_time + rules.review, rules.review), None),
        (ours, ours.caution),
    ]
    outcomes = []
    for number, (policy, choice) in enumerate(policies):
        tally = simulate(world, _OnTime(policy, rules.hold_out - rules.lead_time - 2))
        outcomes.append(Outcome.of(policy.name, tally, rules.prices, choice))
        progress("replaying policies", number + 1, len(policies), "policies")
    by_name = {outcome.policy: outcome for outcome in outcomes}
    return Replay(outcomes, paired_interval(by_name[OURS], by_name[RIVAL]), notes)


def tillsight(
    panel: Panel, demand: Units, models: Sequence[Forecaster], rules: Rules, progress: Progress = silent
) -> tuple[LookAhead, list[str]]:
    """The policy `tillsight` for a hold-out: weights of the models and caution chosen on the periods before it."""
    start = len(panel.dates) - rules.hold_out
    first = max(start - TUNED_ON, start // 2)
    horizon = rules.lead_time + rules.review
    forecasts = RollingForecasts(panel, models, horizon, progress=progress)
    ends = range(max(1, first - horizon + 1), start - horizon + 1)
    forecasts.learn(sorted({int(end) for end in np.linspace(ends[0], ends[-1], min(_LEARNT_FROM, len(ends)))}))
    ours = LookAhead(
        OURS,
        lambda period: forecasts.paths(start + period + 1),
        rules.lead_time,
        rules.review,
        rules.holding,
        rules.shortage,
    )
    return replace(ours, caution=_caution(ours, forecasts, demand, first, rules, start - first)), forecasts.notes


def _caution(
    ours: LookAhead, forecasts: RollingForecasts, demand: Units, first: int, rules: Rules, periods: int
) -> float:
    """The caution that was cheapest on the periods before the hold-out; the smaller one where two are."""
    world = start_world(demand, first, periods, lead_time=rules.lead_time, review=rules.review)
    past = replace(ours, paths_after=lambda period: forecasts.paths(first + period + 1))
    paid = []
    for caution in CAUTIONS:
        policy = _OnTime(replace(past, caution=caution), periods - rules.lead_time - 2)
        tally = simulate(world, policy)
        paid.append(sum(float(cost.sum()) for cost in costs(tally, rules.prices).values()))
    return CAUTIONS[int(np.argmin(paid))]
