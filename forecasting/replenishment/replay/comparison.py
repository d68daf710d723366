"""What a replay found: cost and service by policy, and how sure the difference between two policies is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.replenishment.replay.shelf import Units
from forecasting.replenishment.replay.simulation import Prices, Tally, costs

RESAMPLES: Final = 2000
_CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one policy did.

    Attributes:
        policy: Its name.
        tally: What happened, in units.
        paid: Cost by kind, each of shape (rows, periods).
        choice: The number that was chosen on history (a multiple, a caution), if any.
    """

    policy: str
    tally: Tally
    paid: dict[str, Units]
    choice: float | None = None

    @classmethod
    def of(cls, policy: str, tally: Tally, prices: Prices, choice: float | None = None) -> Outcome:
        """From a tally and what units cost."""
        return cls(policy, tally, costs(tally, prices), choice)

    @property
    def cost(self) -> Units:
        """Total cost of each row in each period. Shape (rows, periods)."""
        total: Units = np.sum(list(self.paid.values()), axis=0)
        return total

    @property
    def fill_rate(self) -> float | None:
        """Share of the demand that was served; null where there was none."""
        wanted = float(self.tally.demand.sum())
        return float(self.tally.sold.sum()) / wanted if wanted > 0 else None

    def as_dict(self) -> dict[str, object]:
        """The policy's row of the document that `tillsight replay --json` prints."""
        return {
            "policy": self.policy,
            "cost": float(self.cost.sum()),
            **{kind: float(amount.sum()) for kind, amount in self.paid.items()},
            "fill_rate": self.fill_rate,
            "stockout_share": float((self.tally.left <= 0).mean()),
            "average_stock": float(self.tally.left.mean()),
            "wasted_units": float(self.tally.wasted.sum()),
            "orders": int((self.tally.ordered > 0).sum()),
            "chosen_on_history": self.choice,
        }


@dataclass(frozen=True, slots=True)
class Interval:
    """Confidence interval (95%) of the difference in total cost between two policies; negative: the first is cheaper.

    Attributes:
        policy: The first.
        against: The second.
        difference: Cost of the first less cost of the second.
        low: Lower end.
        high: Upper end.
        share: The difference over the cost of the second; null where that is nothing.
    """

    policy: str
    against: str
    difference: float
    low: float
    high: float
    share: float | None

    def as_dict(self) -> dict[str, object]:
        """The document's `interval`."""
        return {
            "policy": self.policy,
            "against": self.against,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "share": self.share,
        }


def paired_interval(
    first: Outcome, second: Outcome, groups: NDArray[np.int64] | None = None, seed: int = 0
) -> Interval:
    """Percentile interval of a paired bootstrap over rows (Efron & Tibshirani 1993): both policies saw the same world.

    Args:
        first: One policy.
        second: The other.
        groups: Rows with the same number are drawn together (the paths of one series); null draws each row alone.
        seed: Of the draws.
    """
    difference = _by_group(first.cost.sum(axis=1, keepdims=True) - second.cost.sum(axis=1, keepdims=True), groups)
    low, high = _band(difference, seed)
    total, base = float(difference.sum()), float(second.cost.sum())
    share = total / base if base > 0 else None
    return Interval(first.policy, second.policy, total, float(low[0]), float(high[0]), share)


def cumulative_band(
    first: Outcome, second: Outcome, groups: NDArray[np.int64] | None = None, seed: int = 0
) -> tuple[Units, Units, Units]:
    """Difference in cost up to each period, and the ends of its interval (see `paired_interval`). Shapes (periods,)."""
    difference = _by_group(np.cumsum(first.cost - second.cost, axis=1), groups)
    low, high = _band(difference, seed)
    return difference.sum(axis=0), low, high


def _by_group(values: Units, groups: NDArray[np.int64] | None) -> Units:
    if groups is None:
        return values
    added: Units = np.zeros((int(groups.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(added, groups, values)
    return added


def _band(values: Units, seed: int) -> tuple[Units, Units]:
    """Ends of the interval of each column's sum over resampled rows."""
    count = len(values)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=RESAMPLES) @ values
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return low, high
