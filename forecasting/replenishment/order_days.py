"""When orders can be placed: the next chance and the one after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from retail.errors import UnusableRequest
from retail.operational.term_fields import TermField, read_value

_FIRST_MONDAY: Final = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class OrderSlots:
    """The next two chances to order.

    Attributes:
        first: The next one, today or later.
        second: The one after it.
        anchor: Day that names the slot; the same on every day of one review period, so that a slot keeps its name.
    """

    first: date
    second: date
    anchor: date


def parse_order_days(text: str | None) -> tuple[int, ...]:
    """Weekday numbers (0 is Monday) of text such as `mon,thu`; empty where it is missing or cannot be read."""
    if not text:
        return ()
    try:
        days = read_value(TermField.ORDER_DAYS, text)
    except UnusableRequest:
        return ()
    return days if isinstance(days, tuple) else ()


def order_slots(today: date, weekdays: Sequence[int], review_period_days: int) -> OrderSlots:
    """The next chances to order on given weekdays; on any day, once in a review period, where none are given.

    Without weekdays the slot is named by the review period that today is in, counted from a Monday long ago: a draft
    that was rejected is not drafted again until the next one.
    """
    if weekdays:
        first = _next(today, weekdays)
        return OrderSlots(first, _next(first + timedelta(days=1), weekdays), first)
    gone = (today - _FIRST_MONDAY).days % review_period_days
    return OrderSlots(today, today + timedelta(days=review_period_days), today - timedelta(days=gone))


def _next(day: date, weekdays: Sequence[int]) -> date:
    return min(day + timedelta(days=(weekday - day.weekday()) % 7) for weekday in weekdays)
