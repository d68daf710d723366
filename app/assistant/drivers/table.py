"""An explanation as one table. The first row is the whole; the rows of the second row's `split` are the bridge."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.assistant.drivers.beside import Beside
from app.assistant.drivers.bridge import Driver
from app.assistant.drivers.explain import Explanation
from app.assistant.drivers.movers import Movement, Mover
from app.assistant.speech import Speech, capital
from metrics import Column
from metrics.catalogue import Metric
from metrics.result import Row

_MONEY: Final = frozenset({Driver.DISCOUNTS, Driver.RETURNS})
"""Drivers whose level is in the metric's own unit, so that it stands in the columns before and after."""


def columns(metric: Metric, speech: Speech) -> tuple[Column, ...]:
    """The table's columns: what it is split by, the driver, the metric before and after, and what it adds."""
    texts = (Column(name, speech.say(f"drivers.column_{name}"), "text", "dimension") for name in ("split", "driver"))
    numbers = ("before", "after", "contribution")
    return (*texts, *(Column(name, speech.say(f"drivers.column_{name}"), metric.unit, "metric") for name in numbers))


def rows(metric: Metric, found: Explanation, beside: Sequence[Beside], speech: Speech) -> list[Row]:
    """The whole, what it is made of, price, volume and mix, contributions by dimension, and what stands beside.

    The contributions of each split but the last add up exactly to the contribution of the first row. What stands
    beside has none.
    """
    table = [_row(speech.say("drivers.split_total"), capital(speech.metric(metric.name)), found)]
    parts = speech.say("drivers.split_parts")
    for driver, amount in found.parts.items():
        before, after = found.levels[driver] if driver in _MONEY and driver in found.levels else (None, None)
        table.append(_line(parts, speech.say(f"drivers.driver_{driver}"), before, after, amount))
    products = speech.say("drivers.split_products")
    table += [
        _line(products, speech.say(f"drivers.driver_{name}"), None, None, amount)
        for name, amount in found.products.items()
        if amount
    ]
    for item in found.movements:
        table += _movement(item, speech)
    aside = speech.say("drivers.split_beside")
    table += [_line(aside, capital(speech.metric(b.metric)), b.before, b.after, None) for b in beside]
    return table


def named(dimension: str, mover: Mover, speech: Speech) -> str:
    """A value of a dimension as it is called."""
    return speech.cell(dimension, mover.name)


def _movement(item: Movement, speech: Speech) -> list[Row]:
    split = capital(speech.dimension(item.dimension))
    shown = [_row(split, named(item.dimension, mover, speech), mover) for mover in item.movers]
    return [*shown, _row(split, speech.say("drivers.others"), item.others)] if item.others else shown


def _row(split: str, driver: str, found: Explanation | Mover) -> Row:
    return _line(split, driver, found.before, found.after, found.change)


def _line(split: str, driver: str, before: Decimal | None, after: Decimal | None, contribution: Decimal | None) -> Row:
    numbers = {"before": before, "after": after, "contribution": contribution}
    return {"split": split, "driver": driver, **{k: None if v is None else float(v) for k, v in numbers.items()}}
