"""At the till: prices, fees and rewards, tickets that were given up, and the numbers of tickets."""

from __future__ import annotations

import numpy as np

from demo.sample.arrays import Ints
from demo.sample.baskets import Baskets, add_returns, of_sales
from demo.sample.chain import Chain
from demo.sample.customers import Customers
from demo.sample.days import Days
from demo.sample.pricing import Pricing
from demo.sample.simulation import History
from demo.sample.tickets import (
    CANCELLED,
    CASHIERS_PER_STORE,
    CHARGE,
    COMPLETED,
    DISCOUNT,
    DRAFT,
    ONLINE,
    ORDER,
    POS,
    REGISTERS,
    Lines,
    Tickets,
)

_CHANNEL_SHARES = (0.93, 0.97)
_ORDER_DELIVERED_SHARE = 0.5
_REWARD_SHARE = 0.04
_REWARD_FROM_CENTS = 2000
_CANCELLED_SHARE, _DRAFT_SHARE = 0.0008, 0.0002
_FEWEST_CANCELLED, _FEWEST_DRAFTS = 5, 3


def build(
    chain: Chain, days: Days, pricing: Pricing, history: History, customers: Customers, rng: np.random.Generator
) -> tuple[Tickets, Lines]:
    """Make the tickets of the whole history."""
    baskets, first_line = of_sales(days, history, rng)
    baskets.ticket["customer"] = customers.visiting(baskets.ticket["store"], baskets.ticket["day"], rng)
    baskets.ticket["channel"] = np.searchsorted(_CHANNEL_SHARES, rng.random(baskets.tickets)).astype(np.int64)
    add_returns(baskets, first_line, days, history, rng)
    _price(baskets, chain, pricing)
    _add_charges(baskets, chain, rng)
    baskets.ticket["status"] = np.full(baskets.tickets, COMPLETED)
    _add_abandoned(baskets, rng)
    return _numbered(baskets, days, rng)


def _price(baskets: Baskets, chain: Chain, pricing: Pricing) -> None:
    """Fill in the money of goods: list price and promotion of the day of sale, tax by product."""
    line = baskets.line
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


def _add_charges(baskets: Baskets, chain: Chain, rng: np.random.Generator) -> None:
    """Add delivery fees to online tickets and half of the orders, and rewards to some tickets of known customers."""
    ticket, line = baskets.ticket, baskets.line
    net = np.bincount(line["ticket"], weights=line["net"], minlength=baskets.tickets)
    has_return = np.zeros(baskets.tickets, dtype=np.bool_)
    has_return[line["ticket"][line["quantity"] < 0]] = True
    chance = rng.random(baskets.tickets)
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
        baskets.add({}, more | dict.fromkeys(("discount", "tax", "unit_cost", "is_costed", "promotion"), nought))


def _add_abandoned(baskets: Baskets, rng: np.random.Generator) -> None:
    """Copy a few tickets as rung up a moment earlier and given up: cancelled, or parked as drafts.

    They move no stock and take no money, so they must not count anywhere.
    """
    ticket, line = baskets.ticket, baskets.line
    chance = rng.random(baskets.tickets)
    chance[line["ticket"][line["quantity"] < 0]] = 1.0
    ranked = np.argsort(chance, kind="stable")
    cancelled = ranked[: max(_FEWEST_CANCELLED, round(_CANCELLED_SHARE * baskets.tickets))]
    drafts = ranked[len(cancelled) : len(cancelled) + max(_FEWEST_DRAFTS, round(_DRAFT_SHARE * baskets.tickets))]
    copied = np.concatenate([cancelled, drafts])
    place = np.full(baskets.tickets, -1)
    place[copied] = np.arange(len(copied)) + baskets.tickets
    rows = np.flatnonzero(place[line["ticket"]] >= 0)
    lines = {name: values[rows] for name, values in line.items()}
    lines["ticket"] = place[line["ticket"][rows]]
    tickets = {name: values[copied] for name, values in ticket.items()}
    tickets["sold_at"] = tickets["sold_at"] - 90
    tickets["status"] = np.repeat([CANCELLED, DRAFT], [len(cancelled), len(drafts)])
    baskets.add(tickets, lines)


def _numbered(baskets: Baskets, days: Days, rng: np.random.Generator) -> tuple[Tickets, Lines]:
    """Bring tickets into the order of time, number them per store and day, and lines per ticket."""
    ticket, line = baskets.ticket, baskets.line
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
