"""What is behind answers on slow stock: what lies there, how long it lasts, and what sold of it in a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.assistant import planning
from app.assistant.books import Books
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech
from app.formats import as_float
from metrics import Filter, Result
from metrics.result import Row

NEW_DAYS: Final = 28
"""So many days after its launch a product is new."""
BEFORE_DAYS: Final = 84
"""Days before a period in which products must have sold to be compared, where there is no stock."""
MOST_COMPARED: Final = 1000
"""Products compared then, those that sold most."""
USUAL: Final = "last_28_days"
"""The period of the metric `mean_daily_units`."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its gaps filled.

    Attributes:
        period: The days that count.
        by: What a row is.
        where: In words.
        limit: Rows to show.
    """

    period: Period
    by: tuple[str, ...]
    where: str
    limit: int

    @property
    def is_usual(self) -> bool:
        """Whether the period is that of the metric `mean_daily_units`."""
        return self.period.name == USUAL


def stocked(question: Question, reading: Reading, books: Books, speech: Speech) -> tuple[list[Row], tuple[str, ...]]:
    """Everything with units on hand: what there is now, how long it lasts, and what sold in the period.

    Over the usual period the rate is the mean of days in stock, where a source tells those (`is_rated`); a rate that
    is null is not known and never "no sales", so there, and over any other period, it is the units sold a day.
    """
    names = ("on_hand", "available", "mean_daily_units", "stock_value")
    now = books.query(
        *(name for name in names if books.knows(name)), by=question.by, where=reading.where, order_by=("-on_hand",)
    )
    period = question.period
    sold = books.query(
        "units_sold",
        by=question.by,
        where=reading.where,
        first=period.first,
        last=period.last,
        order_by=("-units_sold",),
    )
    units = {_key(row, question): planning.number_of(row, "units_sold") for row in sold.rows}
    days = _days_told(period, books)
    rows = []
    for row in now.rows:
        if planning.number_of(row, "on_hand") > 0:
            row = row | {"units_sold": units.get(_key(row, question), 0.0)}
            is_rated = question.is_usual and row.get("mean_daily_units") is not None
            rate = row["mean_daily_units"] if is_rated else planning.number_of(row, "units_sold") / days
            rows.append(row | {"lasts_days": _lasts(row, as_float(rate) or 0.0), "is_rated": is_rated})
    return rows, _cut(now, sold, speech)


def _key(row: Row, question: Question) -> tuple[object, ...]:
    return tuple(row[name] for name in question.by)


def _days_told(period: Period, books: Books) -> int:
    """Days of the period from the first with data up to today."""
    first = max(period.first, books.catalogue.first_date or period.first)
    return max(1, (min(period.last, books.today) - first).days + 1)


def _lasts(row: Row, rate: float) -> float | None:
    """Days that what is available lasts at so many units a day; null where nothing sells."""
    return planning.number_of(row, "available") / rate if rate > 0 else None


def _cut(now: Result, sold: Result, speech: Speech) -> tuple[str, ...]:
    return planning.truncated(now, speech) or planning.truncated(sold, speech)


def set_apart(rows: list[Row], question: Question, books: Books) -> tuple[list[Row], list[str]]:
    """The rows without new products, and the names of these."""
    if "product" not in question.by:
        return rows, []
    since = min(question.period.first, books.today - timedelta(days=NEW_DAYS - 1))
    launched = Filter(dimension="launched_date", operator=">=", value=since)
    found = books.rows("dim_products", ("product", "launched_date"), where=(launched,)).rows
    new = {str(row["product"]) for row in found if isinstance(row["launched_date"], date)}
    return [row for row in rows if row["product"] not in new], sorted(
        {str(row["product"]) for row in rows if row["product"] in new}
    )


def fewest(question: Question, reading: Reading, books: Books) -> list[Row]:
    """Units sold in the period and before it of what sold before it; the fewest first."""
    begins = max(question.period.first, books.catalogue.first_date or question.period.first)
    before = books.query(
        "units_sold",
        by=question.by,
        where=reading.where,
        first=begins - timedelta(days=BEFORE_DAYS),
        last=begins - timedelta(days=1),
        order_by=("-units_sold",),
        limit=MOST_COMPARED,
    )
    known = [row for row in before.rows if planning.number_of(row, "units_sold") > 0]
    units = _units_of(known, question, reading, books)
    rows: list[Row] = [
        row | {"units_sold": units[_key(row, question)], "units_before": row["units_sold"]} for row in known
    ]
    return sorted(
        rows, key=lambda row: (planning.number_of(row, "units_sold"), -planning.number_of(row, "units_before"))
    )


def _units_of(
    known: Sequence[Row], question: Question, reading: Reading, books: Books
) -> dict[tuple[object, ...], float]:
    """Units that each sold in the period; those beyond the most rows that may be read are asked for by name."""
    first, last = question.period.first, question.period.last
    sold = books.query(
        "units_sold", by=question.by, where=reading.where, first=first, last=last, order_by=("-units_sold",)
    )
    units = {_key(row, question): planning.number_of(row, "units_sold") for row in sold.rows}
    left = [row for row in known if _key(row, question) not in units]
    if left and sold.truncated:
        name = question.by[0]
        rest = Filter(dimension=name, operator="in", value=tuple({str(row[name]) for row in left}))
        again = books.query("units_sold", by=question.by, where=(*reading.where, rest), first=first, last=last)
        units |= {_key(row, question): planning.number_of(row, "units_sold") for row in again.rows}
    return units | {_key(row, question): 0.0 for row in left if _key(row, question) not in units}
