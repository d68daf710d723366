"""Values of a dimension against each other: stores, products, weekdays."""

from __future__ import annotations

from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.kinds import metric
from app.assistant.measure import fetch
from app.assistant.measure.table import Table
from app.assistant.reading import Derived, Reading
from app.assistant.speech import Speech
from app.assistant.wording import place, scope, when
from app.formats import as_float
from metrics.catalogue import GRAINS


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """A row per value; the text names who leads and by how much. Over time, a line each."""
    things = tuple(name for name in reading.by if name not in GRAINS)
    if not things:
        return metric.answer(reading, books, speech)
    totals = _totals(reading, books, things)
    if totals is None:
        return Findings(speech.say("metric.no_mean", metric=speech.title(reading.metrics[0])))
    over_time = things != reading.by and Derived.AVERAGE not in reading.derived
    shown = fetch.plain(reading, books).in_order() if over_time else totals.cut(reading.limit)
    sentences, facts = _say(totals, reading, books, speech)
    absent = _absent(totals, reading, things)
    if absent:
        sentences.append(speech.say("compare.absent", names=speech.list([speech.text(name) for name in absent])))
    return Findings(
        text=" ".join(sentences),
        columns=tuple(speech.heading(column) for column in shown.columns),
        rows=shown.rows,
        chart=Chart.NONE if not shown.rows else Chart.LINES if over_time else Chart.BARS,
        metrics=reading.metrics,
        facts=tuple(facts),
        suggestions=metric.suggestions(reading, books, speech),
    )


def _totals(reading: Reading, books: Books, things: tuple[str, ...]) -> Table | None:
    """A row per value that meets the conditions: its metrics over the whole period, or their means."""
    if Derived.AVERAGE in reading.derived:
        averaged = fetch.averaged(reading, books)
        found = None if averaged is None else averaged.table
    else:
        found = fetch.plain(reading, books, by=things)
    return (
        None if found is None else found.meeting(reading.having).ranked(reading.metrics[0], reading.order or "largest")
    )


def _say(totals: Table, reading: Reading, books: Books, speech: Speech) -> tuple[list[str], list[float]]:
    """Who leads by each metric, and the distance to the last."""
    sentences: list[str] = []
    facts: list[float] = []
    grain = next((name for name in reading.by if name in GRAINS), "day")
    per = f" {speech.say(f'metric.per_{grain}')}" if Derived.AVERAGE in reading.derived else ""
    for name in reading.metrics:
        kind = books.catalogue.metric(name)
        rows = [row for row in totals.ranked(name, "largest").rows if as_float(row[name]) is not None]
        entries = [
            speech.say("metric.entry", name=place(row, totals.splits, speech), value=speech.value(row[name], kind.unit))
            for row in rows
        ]
        facts += [found for row in rows if (found := as_float(row[name])) is not None]
        slots = {
            "metric": speech.title(name) + per,
            "period": when(reading.period if kind.has_history else None, speech),
            "scope": scope([item for item in reading.where if item.dimension not in reading.by], speech),
            "entries": speech.list(entries),
        }
        if len(rows) < 2:
            sentences.append(speech.say("compare.too_few", **slots))
            continue
        high, low = as_float(rows[0][name]) or 0.0, as_float(rows[-1][name]) or 0.0
        sentences.append(speech.say("compare.values", **slots))
        if high == low:
            sentences.append(speech.say("compare.level"))
            continue
        facts.append(high - low)
        lead = {"name": place(rows[0], totals.splits, speech), "other": place(rows[-1], totals.splits, speech)}
        difference = speech.value(high - low, kind.unit)
        if kind.unit == "ratio":
            facts.append((high - low) * 100)
            difference = speech.say("compare.points", points=speech.number((high - low) * 100, 1))
        elif low > 0:
            facts.append((high - low) / low)
            rate = speech.percent((high - low) / low)
            difference = speech.say("compare.with_rate", change=difference, rate=rate)
        sentences.append(speech.say("compare.ahead", difference=difference, **lead))
    return sentences, facts


def _absent(totals: Table, reading: Reading, things: tuple[str, ...]) -> list[str]:
    """Values that were asked for and have no row."""
    return [
        value
        for split in things
        for value in reading.filtered(split)
        if str(value).casefold() not in {str(row[split]).casefold() for row in totals.rows}
    ]
