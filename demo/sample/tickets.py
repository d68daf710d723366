"""Tickets and their lines, as flat arrays with one entry each. Money is in cents."""

from __future__ import annotations

from dataclasses import dataclass

from demo.sample.arrays import Bools, Ints

CHANNELS = ("pos", "online", "order")
STATUSES = ("completed", "cancelled", "draft")
LINE_TYPES = ("goods", "charge", "discount")
POS, ONLINE, ORDER = range(3)
COMPLETED, CANCELLED, DRAFT = range(3)
GOODS, CHARGE, DISCOUNT = range(3)

REGISTERS = 3
CASHIERS_PER_STORE = 6


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
