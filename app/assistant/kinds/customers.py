"""How many customers there are: never who they are.

Only customers that a ticket names are known. New ones bought for the first time in the period, returning ones had
bought before it, both since the data begin. Neither needs to know anybody: of those who bought before the period (A)
and those who bought in it (B) the metric counts A, B and both together, so B without A is (A or B) − A, and those in
both are A + B − (A or B).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from app.assistant import lacking
from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.kinds import compare, metric
from app.assistant.reading import Period, Reading, Topic
from app.assistant.speech import Speech
from app.assistant.wording import place, scope, when
from app.formats import as_float
from metrics import Column
from metrics.catalogue import TIME_NAMES
from metrics.result import Row, Value
from retail.errors import UnusableRequest

_CUSTOMERS: Final = "customers"
_SHARE: Final = "loyalty_share"
_COLUMNS: Final = {
    "customers": "count",
    "new_customers": "count",
    "returning_customers": "count",
    "returning_share": "ratio",
}


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Count known customers: all, new ones or returning ones.

    Raises:
        UnusableRequest: New or returning customers are asked for in a way that cannot be counted.
    """
    if not books.knows(_CUSTOMERS):
        return Findings(" ".join(lacking.sentences((_CUSTOMERS,), books, speech)), metrics=(_CUSTOMERS,))
    if reading.topic in {Topic.NEW, Topic.RETURNING}:
        return _first_or_again(reading, books, speech)
    return _count(reading, books, speech)


def _count(reading: Reading, books: Books, speech: Speech) -> Findings:
    """How many bought, and how much of the sales they stand for."""
    metrics = reading.metrics or (_CUSTOMERS,)
    if reading.by or reading.compare_with is not None or metrics != (_CUSTOMERS,) or reading.derived:
        asked = reading.model_copy(update={"metrics": metrics})
        if reading.compare_with is not None:
            return compare.answer(asked, books, speech)
        return metric.answer(asked, books, speech)
    shown = metric.answer(reading.model_copy(update={"metrics": (_CUSTOMERS, _SHARE)}), books, speech)
    return Findings(
        text=f"{shown.text} {speech.say('customers.known_only')}",
        columns=shown.columns,
        rows=shown.rows,
        chart=shown.chart,
        metrics=shown.metrics,
        facts=shown.facts,
        suggestions=shown.suggestions,
    )


def _first_or_again(reading: Reading, books: Books, speech: Speech) -> Findings:
    """How many bought for the first time, and how many had bought before."""
    strange = [name for name in reading.by if name in TIME_NAMES] + [item.metric for item in reading.having]
    if strange or reading.compare_with is not None or reading.derived:
        raise UnusableRequest(speech.say("customers.cannot"))
    period, begins = reading.period, books.catalogue.first_date
    if period is None or begins is None or period.first <= begins:
        day = speech.day(begins) if begins else speech.say("metric.not_known")
        return Findings(speech.say("customers.nothing_before", day=day), metrics=(_CUSTOMERS,))
    rows = _rows(reading, period, books, speech)
    text, facts = _say(rows, reading, period, speech)
    return Findings(
        text=text,
        columns=_columns(reading, books, speech),
        rows=rows,
        chart=Chart.BARS if reading.by else Chart.NUMBER,
        metrics=(_CUSTOMERS,),
        facts=facts,
        assumptions=(speech.say("customers.since", day=speech.day(begins)),),
    )


def _rows(reading: Reading, period: Period, books: Books, speech: Speech) -> list[Row]:
    """Known customers of the period, those who are new and those who had bought before, by the splits."""

    def counted(first: date | None, last: date) -> dict[tuple[Value, ...], Row]:
        found = books.query(_CUSTOMERS, by=reading.by, where=reading.where, first=first, last=last)
        if found.truncated:  # a row that was cut off would count as nobody
            raise UnusableRequest(speech.say("customers.too_many"))
        return {tuple(row[name] for name in reading.by): row for row in found.rows}

    within = counted(period.first, period.last)
    before = counted(None, period.first - timedelta(days=1))
    either = counted(None, period.last)
    rows: list[Row] = []
    for key in within:
        bought, earlier, ever = (as_float(part.get(key, {}).get(_CUSTOMERS)) or 0 for part in (within, before, either))
        again = earlier + bought - ever
        row: Row = dict(zip(reading.by, key, strict=True))
        row |= {"customers": bought, "new_customers": ever - earlier, "returning_customers": again}
        rows.append(row | {"returning_share": again / bought if bought else None})
    leading = "new_customers" if reading.topic is Topic.NEW else "returning_customers"
    return sorted(rows, key=lambda row: -(as_float(row[leading]) or 0))[: reading.limit]


def _say(rows: list[Row], reading: Reading, period: Period, speech: Speech) -> tuple[str, tuple[float, ...]]:
    topic = "new" if reading.topic is Topic.NEW else "returning"
    slots = {"period": when(period, speech), "scope": scope(reading.where, speech)}
    if not rows:
        return speech.say("customers.none", **slots), ()
    if reading.by:
        entries = [
            speech.say(
                "metric.entry", name=place(row, reading.by, speech), value=speech.number(row[f"{topic}_customers"])
            )
            for row in rows[:3]
        ]
        splits = speech.list([speech.dimension(name) for name in reading.by])
        return speech.say(f"customers.{topic}_by", splits=splits, top=speech.list(entries), **slots), ()
    row = rows[0]
    numbers = {name: speech.number(row[name]) for name in ("customers", "new_customers", "returning_customers")}
    share = speech.percent(row["returning_share"])
    return speech.say(f"customers.{topic}", share=share, **numbers, **slots), ()


def _columns(reading: Reading, books: Books, speech: Speech) -> tuple[Column, ...]:
    splits = [
        Column(name, speech.heading_of(name), "text", "dimension")
        for name in reading.by
        if name in books.catalogue.dimensions
    ]
    counts = [Column(name, speech.say(f"customers.column_{name}"), unit, "metric") for name, unit in _COLUMNS.items()]
    return (*splits, *counts)
