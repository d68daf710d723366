"""How tickets were paid: one or two tenders that add up to the ticket to the cent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.sample.arrays import Ints
from demo.sample.tickets import COMPLETED, ONLINE, Lines, Tickets

TENDERS = ("card", "cash", "gift_card")
_CARD, _CASH, _GIFT_CARD = range(3)

_CASH_SHARE, _GIFT_CARD_SHARE, _SPLIT_SHARE = 0.26, 0.03, 0.04
_NOTE_CENTS = (100, 500, 1000, 2000)


@dataclass(frozen=True, slots=True)
class Payments:
    """One entry per payment, in the order of the tickets. Amounts in cents; change given is negative."""

    ticket: Ints
    ordinal: Ints
    tender: Ints
    amount: Ints


def build(tickets: Tickets, lines: Lines, rng: np.random.Generator) -> Payments:
    """Pay every completed ticket that comes to anything."""
    gross = np.bincount(lines.ticket, weights=lines.net + lines.tax, minlength=len(tickets.day)).astype(np.int64)
    paid = np.flatnonzero((tickets.status == COMPLETED) & (gross != 0))
    total = gross[paid]
    chance = rng.random((2, len(paid)))
    is_at_till = tickets.channel[paid] != ONLINE
    is_split = (chance[0] < _SPLIT_SHARE) & (total > 1000)
    is_gift_card = ~is_split & (chance[0] < _SPLIT_SHARE + _GIFT_CARD_SHARE) & (total > 0)
    is_cash = ~is_split & ~is_gift_card & is_at_till & (chance[0] > 1 - _CASH_SHARE)
    # A split ticket uses up a gift card and pays the rest by card.
    first_tender = np.where(is_cash, _CASH, np.where(is_gift_card | is_split, _GIFT_CARD, _CARD))
    first = np.where(is_split, (total * (0.2 + 0.5 * chance[1])).astype(np.int64), total)
    note = rng.choice(_NOTE_CENTS, size=len(paid), p=[0.25, 0.3, 0.2, 0.25])
    has_change = is_cash & (total > 0)
    first = np.where(has_change, -(-total // note) * note, first)
    second = total - first
    second_tender = np.where(is_cash, _CASH, _CARD)
    again = np.flatnonzero(second != 0)
    ticket = np.concatenate([paid, paid[again]])
    ordinal = np.repeat([1, 2], [len(paid), len(again)])
    order = np.lexsort((ordinal, ticket))
    return Payments(
        ticket=ticket[order],
        ordinal=ordinal[order],
        tender=np.concatenate([first_tender, second_tender[again]])[order],
        amount=np.concatenate([first, second[again]])[order],
    )
