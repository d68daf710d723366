"""What no source tells, in a manager's words: why a metric is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from app.assistant.books import Books
from app.assistant.reading import Reading
from app.assistant.speech import Speech

_BY_COLUMN: Final = (
    ("cost_amount", "cost"),
    ("stock_value", "cost"),
    ("tax_amount", "tax"),
    ("customer_id", "customers"),
    ("promotion_id", "promotions"),
    ("reserved", "reserved"),
    ("on_order", "orders"),
)
"""Columns that metrics take their values from, and what is missing where they hold none."""
_HISTORY: Final = frozenset({"fct_stock_daily", "fct_stock_ageing"})
_OTHER: Final = "other"


def unknown(names: Iterable[str], books: Books) -> tuple[str, ...]:
    """Those metrics that the run cannot know."""
    return tuple(name for name in names if name in books.catalogue.unknown or _is_empty(name, books))


def known(reading: Reading, books: Books) -> Reading | None:
    """The reading without metrics that cannot be known; none where nothing is left, or where rows hang on one."""
    lost = {*unknown((*reading.metrics, *(item.metric for item in reading.having)), books)}
    left = tuple(name for name in reading.metrics if name not in lost)
    needs = {item.metric for item in reading.having} | ({reading.metrics[0]} if reading.order else set())
    return reading.model_copy(update={"metrics": left}) if left and not needs & lost else None


def sentences(names: Sequence[str], books: Books, speech: Speech) -> list[str]:
    """A sentence on each thing that no source tells, with the metrics that are not known for it."""
    by_thing: dict[str, list[str]] = {}
    for name in unknown(names, books):
        by_thing.setdefault(_thing(name, books), []).append(speech.metric(name))
    return [speech.say(f"lacking.{thing}", metrics=speech.either(labels)) for thing, labels in by_thing.items()]


def _is_empty(name: str, books: Books) -> bool:
    """Whether it is about payments and there are none: whoever gives none gives no table of them."""
    return books.catalogue.metrics[name].tables == ("fct_payments",) and not books.holds("fct_payments")


def _thing(name: str, books: Books) -> str:
    metric = books.catalogue.metrics[name]
    if _is_empty(name, books):
        return "payments"
    if {"stock_levels", "stock_movements"} & set(metric.needs_any_table):
        if not books.has_stock:
            return "stock"
        tables = {table for table, _ in metric.needs_values}
        if tables & _HISTORY or any("mean_daily_units" in value for _, value in metric.needs_values):
            return "history"
    values = " ".join(value for _, value in metric.needs_values)
    return next((thing for column, thing in _BY_COLUMN if column in values), _OTHER)
