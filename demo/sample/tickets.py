"""Tickets: the units sold in a day, cut into lines and put into baskets with a time, a channel and a customer.

Everything is in flat arrays, one entry per line or per ticket. Money is in cents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.sample.arrays import Bools, Ints
from demo.sample.chain import Chain
from demo.sample.customers import Customers
from demo.sample.days import Days
from demo.sample.pricing import Pricing
from demo.sample.simulation import History

CHANNELS = ("pos", "online", "order")
STATUSES = ("completed", "cancelled", "draft")
LINE_TYPES = ("goods", "charge", "discount")
POS, ONLINE, ORDER = range(3)
COMPLETED, CANCELLED, DRAFT = range(3)
GOODS, CHARGE, DISCOUNT = range(3)

REGISTERS = 3
CASHIERS_PER_STORE = 6

_SAME_LINE_CHANCE = 0.27
_LINES_PER_TICKET = 3.0
_EXCHANGE_SHARE = 0.4
_CHANNEL_SHARES = (0.93, 0.97)
_ORDER_DELIVERED_SHARE = 0.5
_REWARD_SHARE = 0.02
_REWARD_FROM_CENTS = 2000
_CANCELLED_SHARE, _DRAFT_SHARE = 0.0008, 0.0002


@dataclass(frozen=True, slots=True)
class Tickets:
    """One entry per ticket, in the order of their numbers; -1 stands for no customer."""

    day: Ints
    store: Ints
    number: Ints
    sold_at: Ints
    channel: Ints
    status: Ints
    customer: Ints
    register: Ints
    cashier: Ints


@dataclass(frozen=True, slots=True)
class Lines:
    """One entry per line, in the order of the tickets.

    Attributes:
        ticket: Position in `Tickets`.
        product: Position in the products, then in the charges.
        promotion: As in `Pricing.promotion`: position plus one, nought where there is none.
        discount: For the whole line, positive; a return gives back what was paid, so it has none.
        is_costed: Whether the cost is known.
    """

    ticket: Ints
    ordinal: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints
    discount: Ints
    net: Ints
    tax: Ints
    unit_cost: Ints
    is_costed: Bools
    promotion: Ints
    line_type: Ints


@dataclass(slots=True)
class _Draft:
    """Lines and tickets while they are being made; tickets have no number yet."""

    line: dict[str, Ints]
    ticket: dict[str, Ints]

    def add(self, ticket: dict[str, Ints], line: dict[str, Ints]) -> None:
        """Put further tickets and lines at the end; `line["ticket"]` already counts from the end of the tickets."""
        for table, more in ((self.ticket, ticket), (self.line, line)):
            for name, values in more.items():
                table[name] = np.concatenate([table[name], values])

    @property
    def tickets(self) -> int:
        return len(self.ticket["day"])


def build(
    chain: Chain, days: Days, pricing: Pricing, history: History, customers: Customers, rng: np.random.Generator
) -> tuple[Tickets, Lines]:
    """Make the tickets of the whole history."""
    draft, first_line = _sales(days, history, rng)
    draft.ticket["customer"] = customers.visiting(draft.ticket["store"], draft.ticket["day"], rng)
    draft.ticket["channel"] = np.searchsorted(_CHANNEL_SHARES, rng.random(draft.tickets)).astype(np.int64)
    _add_returns(draft, first_line, days, history, rng)
    _price(draft, chain, pricing)
    _add_charges(draft, chain, rng)
    draft.ticket["status"] = np.full(draft.tickets, COMPLETED)
    _add_abandoned(draft, rng)
    return _numbered(draft, days, rng)


def _sales(days: Days, history: History, rng: np.random.Generator) -> tuple[_Draft, Ints]:
    """Cut what each product sold in a store-day into lines, and spread the lines over baskets.

    Returns:
        The draft, and for each product-store-day `[D, S, P]`, flat, its first line (-1 where nothing was sold).
    """
    cell = np.flatnonzero(history.sold)
    units = history.sold.ravel()[cell]
    unit_cell = np.repeat(np.arange(len(cell)), units)
    is_first_of_cell = np.diff(unit_cell, prepend=-1) > 0
    starts = np.flatnonzero(is_first_of_cell | (rng.random(len(unit_cell)) > _SAME_LINE_CHANCE))
    line_cell = cell[unit_cell[starts]]
    first_line = np.full(history.sold.size, -1)
    first_line[line_cell[::-1]] = np.arange(len(starts))[::-1]
    day, store, product = np.unravel_index(line_cell, history.sold.shape)
    store_day = day * history.sold.shape[1] + store
    baskets = np.maximum(1, np.bincount(store_day) / _LINES_PER_TICKET).astype(np.int64)
    basket = (baskets[store_day] * rng.random(len(starts)) ** 1.3).astype(np.int64)
    keys, ticket = np.unique(store_day * (int(baskets.max()) + 1) + basket, return_inverse=True)
    ticket_store_day = keys // (int(baskets.max()) + 1)
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
    return _Draft(line, tickets), first_line


def _visit_moments(days: Days, day: Ints, store: Ints, rng: np.random.Generator) -> Ints:
    share = rng.random(len(day)) * days.share_elapsed()[day, store]
    return np.asarray(days.midnight_at[day, store] + days.visit_seconds(day, share), dtype=np.int64)


def _add_returns(draft: _Draft, first_line: Ints, days: Days, history: History, rng: np.random.Generator) -> None:
    """Add the returns: some as exchanges on a ticket of that day, the rest on tickets of their own."""
    returns = history.returns
    count = len(returns.store)
    sale = np.ravel_multi_index((returns.sale_day, returns.store, returns.product), history.sold.shape)
    buyer = draft.ticket["customer"][draft.line["ticket"][first_line[sale]]]
    stores = history.sold.shape[1]
    store_day = draft.ticket["day"] * stores + draft.ticket["store"]
    wanted = returns.return_day * stores + returns.store
    low, high = np.searchsorted(store_day, wanted), np.searchsorted(store_day, wanted, side="right")
    is_exchange = (rng.random(count) < _EXCHANGE_SHARE) & (high > low)
    exchanged = low + (rng.random(count) * (high - low)).astype(np.int64)
    own = np.cumsum(~is_exchange) - 1 + draft.tickets
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
    draft.ticket["channel"][exchanged[is_exchange]] = POS
    tickets = {
        "day": returns.return_day[alone],
        "store": returns.store[alone],
        "sold_at": _visit_moments(days, returns.return_day[alone], returns.store[alone], rng),
        "customer": buyer[alone],
        "channel": np.full(int(alone.sum()), POS),
    }
    draft.add(tickets, line)


def _price(draft: _Draft, chain: Chain, pricing: Pricing) -> None:
    """Fill in the money of goods: list price and promotion of the day of sale, tax by product."""
    line = draft.line
    day, product, quantity = line["day"], line["product"], line["quantity"]
    list_price = pricing.price_cents[day, product]
    promotion = pricing.promotion[day, line["store"], product].astype(np.int64)
    unit_discount = np.rint(list_price * pricing.discount_rate()[promotion]).astype(np.int64)
    is_return = quantity < 0
    tax_rate = np.array([item.tax_rate for item in chain.products])
    has_cost = np.array([item.has_cost for item in chain.products])
    line["unit_price"] = np.where(is_return, list_price - unit_discount, list_price)
    line["discount"] = np.where(is_return, 0, unit_discount * quantity)
    line["net"] = line["unit_price"] * quantity - line["discount"]
    line["tax"] = np.rint(line["net"] * tax_rate[product]).astype(np.int64)
    line["unit_cost"] = pricing.cost_cents[day, product]
    line["is_costed"] = has_cost[product].astype(np.int64)
    line["promotion"] = np.where(is_return, 0, promotion)


def _add_charges(draft: _Draft, chain: Chain, rng: np.random.Generator) -> None:
    """Add delivery fees to online tickets and half of the orders, and rewards to some tickets of known customers."""
    ticket, line = draft.ticket, draft.line
    net = np.bincount(line["ticket"], weights=line["net"], minlength=draft.tickets)
    has_return = np.zeros(draft.tickets, dtype=np.bool_)
    has_return[line["ticket"][line["quantity"] < 0]] = True
    chance = rng.random(draft.tickets)
    is_delivered = (ticket["channel"] == ONLINE) | ((ticket["channel"] == ORDER) & (chance < _ORDER_DELIVERED_SHARE))
    is_rewarded = (
        (ticket["channel"] == POS)
        & (ticket["customer"] >= 0)
        & (net >= _REWARD_FROM_CENTS)
        & ~has_return
        & (chance < _REWARD_SHARE)
    )
    for charge, (where, line_type) in enumerate(((is_delivered, CHARGE), (is_rewarded, DISCOUNT))):
        tickets = np.flatnonzero(where)
        price = np.full(len(tickets), chain.charges[charge].price_cents)
        nought = np.zeros(len(tickets), dtype=np.int64)
        more = {
            "ticket": tickets,
            "day": ticket["day"][tickets],
            "store": ticket["store"][tickets],
            "product": np.full(len(tickets), len(chain.products) + charge),
            "quantity": np.ones(len(tickets), dtype=np.int64),
            "line_type": np.full(len(tickets), line_type),
            "unit_price": price,
            "net": price,
        }
        draft.add({}, more | dict.fromkeys(("discount", "tax", "unit_cost", "is_costed", "promotion"), nought))


def _add_abandoned(draft: _Draft, rng: np.random.Generator) -> None:
    """Copy a few tickets as rung up a moment earlier and given up: cancelled, or parked as drafts.

    They move no stock and take no money, so they must not count anywhere.
    """
    ticket, line = draft.ticket, draft.line
    chance = rng.random(draft.tickets)
    chance[line["ticket"][line["quantity"] < 0]] = 1.0
    # At least a few of each, also in a short history.
    ranked = np.argsort(chance, kind="stable")
    cancelled = ranked[: max(5, round(_CANCELLED_SHARE * draft.tickets))]
    drafts = ranked[len(cancelled) : len(cancelled) + max(3, round(_DRAFT_SHARE * draft.tickets))]
    copied = np.concatenate([cancelled, drafts])
    place = np.full(draft.tickets, -1)
    place[copied] = np.arange(len(copied)) + draft.tickets
    rows = np.flatnonzero(place[line["ticket"]] >= 0)
    lines = {name: values[rows] for name, values in line.items()}
    lines["ticket"] = place[line["ticket"][rows]]
    tickets = {name: values[copied] for name, values in ticket.items()}
    tickets["sold_at"] = tickets["sold_at"] - 90
    tickets["status"] = np.repeat([CANCELLED, DRAFT], [len(cancelled), len(drafts)])
    draft.add(tickets, lines)


def _numbered(draft: _Draft, days: Days, rng: np.random.Generator) -> tuple[Tickets, Lines]:
    """Bring tickets into the order of time, number them per store and day, and lines per ticket."""
    ticket, line = draft.ticket, draft.line
    store_day = ticket["day"] * days.midnight_at.shape[1] + ticket["store"]
    order = np.lexsort((ticket["sold_at"], store_day))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    ordered_store_day = store_day[order]
    tickets = Tickets(
        day=ticket["day"][order],
        store=ticket["store"][order],
        number=_ordinal(ordered_store_day),
        sold_at=ticket["sold_at"][order],
        channel=ticket["channel"][order],
        status=ticket["status"][order],
        customer=ticket["customer"][order],
        register=rng.integers(1, REGISTERS + 1, size=len(order)),
        cashier=rng.integers(0, CASHIERS_PER_STORE, size=len(order)),
    )
    position = rank[line["ticket"]]
    by_ticket = np.argsort(position, kind="stable")
    columns = {name: values[by_ticket] for name, values in line.items() if name not in ("ticket", "day", "store")}
    is_costed = columns.pop("is_costed").astype(np.bool_)
    placed = position[by_ticket]
    return tickets, Lines(ticket=placed, ordinal=_ordinal(placed), is_costed=is_costed, **columns)


def _ordinal(group: Ints) -> Ints:
    """Count from one within each run of equal values."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group)))) + 1
