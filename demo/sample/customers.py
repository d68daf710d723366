"""Loyalty customers: who they are, where they shop, and between which days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.sample.arrays import Bools, Doubles, Ints
from demo.sample.chain import Chain

_PER_STORE_DAY = 1.7
_FEWEST_PER_STORE = 60
_SHOWN_CARD_SHARE = 0.56
_LAPSING_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Customers:
    """One entry per customer, grouped by the store where they shop. Days count from the first of the history.

    Attributes:
        joined_day: Negative for those who joined before the history.
        lapsed_day: Last day on which they come.
        weight: How often they come, relative to others.
    """

    names: tuple[str, ...]
    home_store: Ints
    joined_day: Ints
    lapsed_day: Ints
    weight: Doubles
    has_consent: Bools

    def __len__(self) -> int:
        return len(self.names)

    @property
    def ids(self) -> list[str]:
        """Customer ids."""
        return [f"C{number:05d}" for number in range(1, len(self) + 1)]

    def visiting(self, store: Ints, day: Ints, rng: np.random.Generator) -> Ints:
        """Draw who stands behind each ticket; -1 where nobody showed a card.

        Args:
            store: Store of each ticket.
            day: Day of each ticket.
            rng: Where the chance comes from.
        """
        result = np.full(len(store), -1)
        for shop in range(int(self.home_store.max()) + 1):
            members = np.flatnonzero(self.home_store == shop)
            tickets = np.flatnonzero((store == shop) & (rng.random(len(store)) < _SHOWN_CARD_SHARE))
            until = np.cumsum(self.weight[members]) / self.weight[members].sum()
            drawn = members[np.searchsorted(until, rng.random(len(tickets))).clip(0, len(members) - 1)]
            is_member = (self.joined_day[drawn] <= day[tickets]) & (day[tickets] <= self.lapsed_day[drawn])
            result[tickets] = np.where(is_member, drawn, -1)
        return result


def build(chain: Chain, length: int, rng: np.random.Generator) -> Customers:
    """Invent the customers of a history of `length` days."""
    per_store = [max(_FEWEST_PER_STORE, round(_PER_STORE_DAY * length * store.size)) for store in chain.stores]
    home_store = np.repeat(np.arange(len(chain.stores)), per_store)
    count = len(home_store)
    is_old = rng.random(count) < 0.55
    joined_day = np.where(is_old, rng.integers(-1500, 0, size=count), rng.integers(0, length, size=count))
    stays = np.where(rng.random(count) < _LAPSING_SHARE, rng.exponential(220, size=count), 10_000.0)
    first = rng.choice(chain.first_names, size=count)
    last = rng.choice(chain.last_names, size=count)
    return Customers(
        names=tuple(f"{a} {b}" for a, b in zip(first.tolist(), last.tolist(), strict=True)),
        home_store=home_store,
        joined_day=joined_day,
        lapsed_day=np.maximum(joined_day, 0) + stays.astype(np.int64),
        weight=rng.lognormal(0.0, 1.0, size=count),
        has_consent=rng.random(count) < 0.6,
    )
