"""The terms of suppliers that people may override: what each may be, and how its text becomes a value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from retail.errors import UnusableRequest

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Order days as they are written, Monday first, as in `date.weekday()`."""
_WHOLE_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_NO_DAYS: Final = "it must be days of the week such as mon,thu"

TermValue = float | int | str | tuple[int, ...]
"""A number, an id, or order days as weekday numbers (0 is Monday)."""


class TermField(StrEnum):
    """What may be overridden."""

    LEAD_TIME_DAYS = "lead_time_days"
    ORDER_DAYS = "order_days"
    REVIEW_PERIOD_DAYS = "review_period_days"
    MOQ = "moq"
    PACK_SIZE = "pack_size"
    SUPPLIER_MINIMUM_AMOUNT = "supplier_minimum_amount"
    SHELF_LIFE_DAYS = "shelf_life_days"
    SERVICE_LEVEL = "service_level"
    UNIT_COST = "unit_cost"
    SUPPLIER_ID = "supplier_id"


@dataclass(frozen=True, slots=True)
class _Number:
    """Bounds of a number, both inclusive; `above_zero` shuts zero out, `is_whole` fractions."""

    low: float
    high: float
    is_whole: bool = False
    above_zero: bool = False
    may_be_percent: bool = False

    def read(self, text: str) -> float | int:
        is_percent = self.may_be_percent and text.endswith("%")
        value = float(text.removesuffix("%")) / 100 if is_percent else float(text)
        if not math.isfinite(value) or not self.low <= value <= self.high or (self.above_zero and value == 0):
            low = "above 0" if self.above_zero else f"from {self.low:g}"
            raise ValueError(f"it must be {low}, and at most {self.high:g}")
        if self.is_whole and not value.is_integer():
            raise ValueError("it must be a whole number")
        return int(value) if self.is_whole else value


def _order_days(text: str) -> tuple[int, ...]:
    words = text.replace(";", ",").replace(" ", ",").casefold().split(",")
    days = {_weekday(word.removesuffix(".")) for word in words if word}
    if not days:
        raise ValueError(_NO_DAYS)
    return tuple(sorted(days))


def _weekday(word: str) -> int:
    """The number of a weekday's name or its beginning; a span such as `mon-fri` is none, lest it means Monday alone."""
    found = [number for number, name in enumerate(_WHOLE_WEEKDAYS) if len(word) > 2 and name.startswith(word)]
    if not found:
        raise ValueError(_NO_DAYS)
    return found[0]


def _identifier(text: str) -> str:
    if len(text) > 200:
        raise ValueError("it is too long for an id")
    return text


_READERS: Final[dict[TermField, Callable[[str], TermValue]]] = {
    TermField.LEAD_TIME_DAYS: _Number(0, 365).read,
    TermField.ORDER_DAYS: _order_days,
    TermField.REVIEW_PERIOD_DAYS: _Number(1, 90, is_whole=True).read,
    TermField.MOQ: _Number(0, 1e9).read,
    TermField.PACK_SIZE: _Number(0, 1e9, above_zero=True).read,
    TermField.SUPPLIER_MINIMUM_AMOUNT: _Number(0, 1e12).read,
    TermField.SHELF_LIFE_DAYS: _Number(1, 36_500, is_whole=True).read,
    TermField.SERVICE_LEVEL: _Number(0.05, 0.99, may_be_percent=True).read,
    TermField.UNIT_COST: _Number(0, 1e12).read,
    TermField.SUPPLIER_ID: _identifier,
}


def read_value(field: TermField, text: str) -> TermValue:
    """Turn the text of a term into its value.

    Raises:
        UnusableRequest: The text is none of the field's values.
    """
    try:
        return _READERS[field](text.strip())
    except ValueError as error:
        why = "it is no number" if "could not convert" in str(error) else str(error)
        raise UnusableRequest(f"{field.value} cannot be {text.strip()[:80]!r}: {why}.") from error


def write_value(value: TermValue) -> str:
    """The one text of a value: `7`, `0.95`, `mon,thu`."""
    if isinstance(value, tuple):
        return ",".join(WEEKDAYS[day] for day in value)
    return value if isinstance(value, str) else f"{value:.12g}"
