"""Baskets: the units sold in a day, cut into lines and put together into tickets; and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.sample.arrays import Ints
from demo.sample.days import Days
from demo.sample.simulation import History
from demo.sample.tickets import GOODS, POS

_SAME_LINE_CHANCE = 0.27
_LINES_PER_TICKET = 3.0
_EXCHANGE_SHARE = 0.4


@dataclass(slots=True)
class Baskets:
    """Lines and tickets while they are being made; tickets have no number yet.

    Attributes:
        line: Columns of the lines; `ticket` is the position of their ticket, `day` the day that their price is from.
        ticket: Columns of the tickets.
    """

    line: dict[str, Ints]
    ticket: dict[str, Ints]

    def add(self, ticket: dict[str, Ints], line: dict[str, Ints]) -> None:
        """Put further tickets and lines at the end; `line["ticket"]` already counts from the end of the tickets."""
        for table, more in ((self.ticket, ticket), (self.line, line)):
            for name, values in more.items():
                table[name] = np.concatenate([table[name], values])

    @property
    def tickets(self) -> int:
        """How many tickets there are."""
        return len(self.ticket["day"])


def of_sales(days: Days, history: History, rng: np.random.Generator) -> tuple[Baskets, Ints]:
    """Cut what each product sold in a store-day into lines, and spread the lines over baskets.

    Returns:
        The baskets, by day and store, and the first line of each product-store-day `[D, S, P]`, flat; -1 without one.
    """
    cell = np.flatnonzero(history.sold)
    units = history.sold.ravel()[cell]
    unit_cell = np.repeat(np.arange(len(cell)), units)
    is_first_of_cell = np.diff(unit_cell, prepend=-1) > 0
    starts = np.flatnonzero(is_first_of_cell | (rng.random(len(unit_cell)) > _SAME_LINE_CHANCE))
    line_cell = cell[unit_cell[starts]]
    first_line = np.full(history.sold.size, -1)
    first_line[cell] = np.flatnonzero(is_first_of_cell[starts])
    day, store, product = np.unravel_index(line_cell, history.sold.shape)
    store_day = day * history.sold.shape[1] + store
    count = np.maximum(1, np.bincount(store_day) / _LINES_PER_TICKET).astype(np.int64)
    basket = (count[store_day] * rng.random(len(starts)) ** 1.3).astype(np.int64)
    keys, ticket = np.unique(store_day * (int(count.max()) + 1) + basket, return_inverse=True)
    ticket_store_day = keys // (int(count.max()) + 1)
    ticket_day, ticket_store = np.divmod(ticket_store_day, history.sold.shape[1])
    line = {
        "ticket": ticket.astype(np.int64),
        "day": day,
        "store": store,
        "product": product,
        "quantity": np.diff(np.append(starts, len(unit_cell))),
        "line_type": np.full(len(starts), GOODS),
    }
    tickets = {
        "day": ticket_day,
        "store": ticket_store,
        "sold_at": _visit_moments(days, ticket_day, ticket_store, rng),
    }
    return Baskets(line, tickets), first_line


def add_returns(baskets: Baskets, first_line: Ints, days: Days, history: History, rng: np.random.Generator) -> None:
    """Add the returns: some as exchanges on a ticket of that day, the rest on tickets of their own."""
    returns = history.returns
    count = len(returns.store)
    sale = np.ravel_multi_index((returns.sale_day, returns.store, returns.product), history.sold.shape)
    buyer = baskets.ticket["customer"][baskets.line["ticket"][first_line[sale]]]
    stores = history.sold.shape[1]
    store_day = baskets.ticket["day"] * stores + baskets.ticket["store"]
    wanted = returns.return_day * stores + returns.store
    low, high = np.searchsorted(store_day, wanted), np.searchsorted(store_day, wanted, side="right")
    is_exchange = (rng.random(count) < _EXCHANGE_SHARE) & (high > low)
    exchanged = low + (rng.random(count) * (high - low)).astype(np.int64)
    own = np.cumsum(~is_exchange) - 1 + baskets.tickets
    alone = ~is_exchange
    line = {
        "ticket": np.where(is_exchange, exchanged, own),
        # The day that the price is looked up on: a return gives back what was paid then.
        "day": returns.sale_day,
        "store": returns.store,
        "product": returns.product,
        "quantity": np.full(count, -1),
        "line_type": np.full(count, GOODS),
    }
    baskets.ticket["channel"][exchanged[is_exchange]] = POS
    tickets = {
        "day": returns.return_day[alone],
        "store": returns.store[alone],
        "sold_at": _visit_moments(days, returns.return_day[alone], returns.store[alone], rng),
        "customer": buyer[alone],
        "channel": np.full(int(alone.sum()), POS),
    }
    baskets.add(tickets, line)


def _visit_moments(days: Days, day: Ints, store: Ints, rng: np.random.Generator) -> Ints:
    share = rng.random(len(day)) * days.share_elapsed()[day, store]
    return np.asarray(days.midnight_at[day, store] + days.visit_seconds(day, share), dtype=np.int64)
