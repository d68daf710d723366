"""One metric divided by another: net sales per customer. Only sums and counts of the same rows can be."""

from __future__ import annotations

from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.measure import fetch
from app.assistant.measure.table import Table, is_in_time_order
from app.assistant.reading import Derived, Reading
from app.assistant.speech import Speech, capital
from app.assistant.wording import place, scope, when
from app.formats import as_float
from metrics import Column
from metrics.catalogue import Metric
from metrics.result import Row
from retail.errors import UnusableRequest

RATIO: Final = "ratio"
"""Name of the column of quotients."""
_NAMED: Final = 3
_DEFAULT_LIMIT: Final = 10
_AMOUNTS: Final = frozenset({"currency", "units", "count"})


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """The first metric over the second, whole or by the splits of the reading.

    Raises:
        UnusableRequest: They cannot be divided, or more is asked of the quotient than there is.
    """
    metrics = [books.catalogue.metric(name) for name in reading.metrics]
    names = [speech.title(metric.name) for metric in metrics]
    is_plain = set(reading.derived) <= {Derived.RATIO, Derived.RANK} and not reading.having
    if len(metrics) != 2 or not is_plain or not _can_divide(*metrics):
        raise UnusableRequest(speech.say("metric.no_ratio", first=names[0], second=speech.list(names[1:])))
    table = fetch.plain(reading, books)
    for row in table.rows:
        row[RATIO] = _quotient(row, *reading.metrics)
    table = _in_order(table, reading)
    label = label_of(*reading.metrics, speech=speech)
    column = Column(RATIO, label, _unit(*metrics), "metric")
    shown = table.cut((reading.limit or (_DEFAULT_LIMIT if reading.order else None)) if table.splits else None)
    others = tuple(speech.heading(each) for each in shown.columns)
    splits = len(table.splits)
    return Findings(
        text=_text(table, label, column.unit, reading, books, speech),
        columns=(*others[:splits], column, *others[splits:]),
        rows=shown.rows,
        chart=Chart.NUMBER if not splits else Chart.LINES if is_in_time_order(table.splits) else Chart.BARS,
        metrics=reading.metrics,
        assumptions=(speech.say("metric.ratio_known_only"),) if _mixes_unknown_customers(reading) else (),
    )


def label_of(first: str, second: str, *, speech: Speech) -> str:
    """What the quotient is called: `Net sales per customer`."""
    if speech.knows(f"metric.one_{second}"):
        said = speech.say("metric.ratio_label", first=speech.metric(first), second=speech.say(f"metric.one_{second}"))
    else:
        said = speech.say("metric.ratio_of", first=speech.metric(first), second=speech.metric(second))
    return capital(said)


def _can_divide(first: Metric, second: Metric) -> bool:
    """Whether both are sums or counts over the same days, and not the same thing."""
    are_amounts = all(
        metric.unit in _AMOUNTS and (metric.additivity.startswith("additive") or metric.unit == "count")
        for metric in (first, second)
    )
    return are_amounts and first.kind == second.kind and first.name != second.name


def _unit(first: Metric, second: Metric) -> str:
    """Money per thing is money; the same by the same is a share; else a number."""
    if first.unit == second.unit == "currency":
        return "ratio"
    return "currency" if first.unit == "currency" else "units"


def _quotient(row: Row, first: str, second: str) -> float | None:
    amount, number = as_float(row[first]), as_float(row[second])
    return None if amount is None or not number else amount / number


def _in_order(table: Table, reading: Reading) -> Table:
    if not reading.order and is_in_time_order(table.splits):
        return table.in_order()
    return table.ranked(RATIO, reading.order or "largest") if table.splits else table


def _mixes_unknown_customers(reading: Reading) -> bool:
    """Whether what unknown customers bought is divided by the known ones."""
    return reading.metrics[1] == "customers" and reading.metrics[0] != "loyalty_sales"


def _text(table: Table, label: str, unit: str | None, reading: Reading, books: Books, speech: Speech) -> str:
    period = when(reading.period if books.catalogue.metric(reading.metrics[0]).has_history else None, speech)
    context = {"label": label, "period": period, "scope": scope(reading.where, speech)}
    known = [row for row in table.rows if row[RATIO] is not None]
    if not known:
        return speech.say("metric.unknown", metric=label, per="", period=period, scope=context["scope"])
    if not table.splits:
        first, second = (speech.value(known[0][name], books.catalogue.metric(name).unit) for name in reading.metrics)
        return speech.say(
            "metric.ratio", value=speech.value(known[0][RATIO], unit), first=first, second=second, **context
        )
    entries = [
        speech.say("metric.entry", name=place(row, table.splits, speech), value=speech.value(row[RATIO], unit))
        for row in known[:_NAMED]
    ]
    splits = speech.list([speech.dimension(name) for name in table.splits])
    return speech.say("metric.ratio_by", splits=splits, top=speech.list(entries), **context)
