"""How long suppliers take: distributions learnt from receipts, shrunk towards what was promised.

The delay against the promise is learnt, not the lead time itself, because one supplier may promise different times for
different products. Orders that are still awaited count too: they have taken at least so long. Estimator: the posterior
mean of a beta-Stacy process (Walker and Muliere 1997), which is the product-limit estimator with the prior's delays as
pseudo-orders. A supplier's prior is the delay of all suppliers together; that one's is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.demand import Floats, Ints

EARLIEST: Final = -30
LATEST: Final = 90
"""Delays that are told apart, in days against the promise; longer ones count as the longest."""
STORE_ORDERS: Final = 12
"""Orders of a supplier to one store from which on the store has a distribution of its own."""
PRIOR_ORDERS: Final = 10.0
"""Orders that the prior counts as."""
_DELAYS: Final = np.arange(EARLIEST, LATEST + 1)

Key = tuple[str, str | None]
"""Supplier, and store or null for all stores."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Days that goods come later than promised, for one supplier (and store).

    Attributes:
        probability: Chance of each delay from `EARLIEST` to `LATEST`.
        orders: Orders received that it rests on.
        late_share: Share of them that came late.
    """

    probability: Floats
    orders: int = 0
    late_share: float | None = None

    def lead_time(self, promised_days: float) -> LeadTime:
        """The lead time of a product that is promised in so many days; never below zero."""
        promised = round(promised_days)
        chance = np.zeros(LATEST + promised + 1)
        np.add.at(chance, np.maximum(_DELAYS + promised, 0), self.probability)
        return LeadTime(chance)


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Days from order to shelf.

    Attributes:
        probability: Chance of each number of days from 0 on.
    """

    probability: Floats

    def quantile(self, level: Floats | float) -> Ints:
        """Days within which goods come with a chance of `level`."""
        reached = np.cumsum(self.probability)
        return np.asarray(
            np.minimum(np.searchsorted(reached, np.asarray(level) - 1e-9), len(reached) - 1), dtype=np.int64
        )

    @property
    def mean(self) -> float:
        """Expected days."""
        return float(self.probability @ np.arange(len(self.probability)))

    @property
    def standard_deviation(self) -> float:
        """Standard deviation in days."""
        days = np.arange(len(self.probability))
        return float(np.sqrt(self.probability @ (days - self.mean) ** 2))

    def remaining(self, waited_days: int) -> int:
        """Median of the days still to wait, at least one, for goods that have not come in so many days."""
        still = self.probability[waited_days + 1 :].cumsum()
        return int(np.searchsorted(still, still[-1] / 2)) + 1 if len(still) and still[-1] > 0 else 1


@dataclass(frozen=True, slots=True)
class DelayBook:
    """What is known of every supplier's delays."""

    everybody: Delays
    by_key: Mapping[Key, Delays] = field(default_factory=dict)

    def find(self, supplier_id: str | None, store_id: str | None) -> Delays:
        """The delays of a supplier to a store, else to all stores, else those of all suppliers together."""
        if supplier_id is None:
            return self.everybody
        own = self.by_key.get((supplier_id, store_id)) or self.by_key.get((supplier_id, None))
        return own or self.everybody


def learn_delays(orders: pd.DataFrame) -> DelayBook:
    """Learn every supplier's delays.

    Args:
        orders: One row per supplier, store, delay and whether it was received: `supplier_id`, `store_id`,
            `delay_days` (of what is awaited: as of today), `is_received` and `orders`, the orders that it stands for.
    """
    everybody = _posterior(orders, _assumed(), PRIOR_ORDERS)
    book: dict[Key, Delays] = {}
    for supplier_id, of_supplier in orders.groupby("supplier_id", sort=True):
        known = book[str(supplier_id), None] = _posterior(of_supplier, everybody.probability, PRIOR_ORDERS)
        for store_id, of_store in of_supplier.groupby("store_id", sort=True):
            if of_store.loc[of_store["is_received"], "orders"].sum() >= STORE_ORDERS:
                book[str(supplier_id), str(store_id)] = _posterior(of_store, known.probability, PRIOR_ORDERS)
    return DelayBook(everybody, book)


def lead_time_rows(
    book: DelayBook, promised: Mapping[str, float], names: Mapping[str, str], assumed_days: float
) -> pd.DataFrame:
    """The published table of lead times: a row for every supplier, and one per store with orders enough of its own.

    Args:
        book: The delays.
        promised: Median of the promised days by supplier, of those that promise.
        names: Label of every supplier by id.
        assumed_days: Lead time where nobody promised one.
    """
    keys: Iterable[Key] = sorted(
        {*((supplier, None) for supplier in names), *book.by_key}, key=lambda key: (key[0], key[1] or "")
    )
    return pd.DataFrame([_row(book, key, promised.get(key[0]), names, assumed_days) for key in keys])


def source_of(orders: int, promise: str) -> str:
    """Where a lead time comes from, in words: receipts, or who promised it."""
    return f"learnt from {orders} receipts" if orders else promise


def _row(
    book: DelayBook, key: Key, promised_days: float | None, names: Mapping[str, str], assumed_days: float
) -> dict[str, object]:
    supplier_id, store_id = key
    delays = book.find(supplier_id, store_id)
    is_own = key in book.by_key
    time = delays.lead_time(assumed_days if promised_days is None else promised_days)
    orders = delays.orders if is_own else 0
    return {
        "supplier_id": supplier_id,
        "supplier": names.get(supplier_id, supplier_id),
        "store_id": store_id,
        "promised_days": promised_days,
        "receipts": orders,
        "median_days": float(time.quantile(0.5)),
        "q90_days": float(time.quantile(0.9)),
        "mean_days": time.mean,
        "standard_deviation_days": time.standard_deviation,
        "late_share": delays.late_share if is_own else None,
        "source": source_of(orders, "assumed" if promised_days is None else "supplier"),
    }


def _assumed() -> Floats:
    """Three quarters come on the day, a few a day early, the late ones two days late on average."""
    chance = np.zeros(len(_DELAYS))
    late = _DELAYS >= 1
    chance[late] = 0.5 ** _DELAYS[late]
    chance[late] *= 0.2 / chance[late].sum()
    chance[_DELAYS == 0] = 0.75
    chance[_DELAYS == -1] = 0.05
    return chance


def _posterior(orders: pd.DataFrame, prior: Floats, weight: float) -> Delays:
    received, awaited = np.zeros(len(_DELAYS)), np.zeros(len(_DELAYS))
    is_received = orders["is_received"].to_numpy(dtype=bool)
    slots = np.clip(orders["delay_days"].to_numpy(dtype=np.int64), EARLIEST, LATEST) - EARLIEST
    counts = orders["orders"].to_numpy(dtype=float)
    np.add.at(received, slots[is_received], counts[is_received])
    np.add.at(awaited, slots[~is_received], counts[~is_received])
    at_risk = _from_here(weight * prior + received + awaited)
    hazard = np.divide(weight * prior + received, at_risk, out=np.ones(len(_DELAYS)), where=at_risk > 0)
    hazard[-1] = 1.0
    alive = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
    total = received.sum()
    late = float(received[_DELAYS > 0].sum() / total) if total else None
    return Delays(alive * hazard, round(total), late)


def _from_here(weights: Floats) -> Floats:
    return np.asarray(weights[::-1].cumsum()[::-1])


def quantiles_by_row(times: Sequence[LeadTime], level: Floats) -> Ints:
    """The quantiles of many lead times at the same levels. Shape (lead times, levels)."""
    return np.array([time.quantile(level) for time in times], dtype=np.int64).reshape(len(times), len(level))
