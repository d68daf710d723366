"""Stage 7: what must be said beside an answer before anybody reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from app.assistant.additivity import adds_up
from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY, complete_hours
from app.assistant.findings import Findings
from app.assistant.grounding import is_grounded, numbers_in, ungrounded
from app.assistant.measure.fetch import none_recorded, with_conditions
from app.assistant.reading import Derived, Kind, Period, Reading
from app.assistant.speech import Speech
from app.formats import as_float
from metrics import Result
from metrics.catalogue import GRAINS
from metrics.result import Row
from retail.errors import QueryTimeout

_OF_METRICS: Final = frozenset({Kind.METRIC, Kind.COMPARE, Kind.CUSTOMERS})
_AHEAD: Final = frozenset({Kind.LOOKUP, Kind.STOCKOUT, Kind.REORDER})
"""Kinds that tell what is or comes, so that a period need not be over."""
_WITHOUT_NUMBERS: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})
_CENT: Final = 0.005

__all__ = ["is_grounded", "look_over", "numbers_in", "ungrounded"]


def look_over(reading: Reading, findings: Findings, books: Books, speech: Speech) -> Findings:
    """The findings with everything said that belongs beside them.

    That is what was taken for granted, what is not over yet, and what is empty, cut off, old or does not add up.
    """
    taken = tuple(speech.say(key) for key in reading.assumptions if speech.knows(key))
    if reading.kind in _WITHOUT_NUMBERS:
        return replace(findings, assumptions=_once((*findings.assumptions, *taken)))
    warnings = [
        *_empty(reading, findings, books, speech),
        *_not_over(reading, books, speech),
        *_cut_off(books, speech),
        *_parts(reading, books, speech),
        *_stale(books, speech),
    ]
    assumptions = (
        *findings.assumptions,
        *taken,
        *_levels(reading, books, speech),
        *_no_sums(reading, findings, books, speech),
    )
    return replace(findings, warnings=_once((*findings.warnings, *warnings)), assumptions=_once(assumptions))


def _once(sentences: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))


def _empty(reading: Reading, findings: Findings, books: Books, speech: Speech) -> Iterator[str]:
    """Nothing but nulls is no zero: say which days have data. The metrics name comparisons that match nothing."""
    if reading.kind not in _OF_METRICS or reading.having or not findings.columns:
        return
    metrics = [column.name for column in findings.columns if column.kind == "metric"]
    if any(as_float(row.get(name)) is not None for row in findings.rows for name in metrics):
        return
    if reading.kind is Kind.METRIC and none_recorded(reading, books):
        return
    first, last = books.catalogue.first_date, books.catalogue.last_date
    if first is not None and last is not None:
        yield speech.say("check.empty", first=speech.day(first), last=speech.day(last))


def _not_over(reading: Reading, books: Books, speech: Speech) -> Iterator[str]:
    """Periods that go on, and today while it runs."""
    if reading.kind in _AHEAD:
        return
    if reading.metrics and not any(books.catalogue.metric(name).has_history for name in reading.metrics):
        return
    periods = [period for period in (reading.period, reading.compare_with) if period is not None]
    going_on = [period for period in periods if period.ends is not None and period.ends > period.last]
    yield from (_goes_on(period, speech) for period in going_on)
    if (
        not going_on
        and any(period.first <= books.today <= period.last for period in periods)
        and complete_hours(books) < WHOLE_DAY
    ):
        yield speech.say("check.today_runs", day=speech.day(books.today))


def _goes_on(period: Period, speech: Speech) -> str:
    return speech.say("check.goes_on", ends=speech.day(period.ends or period.last), last=speech.day(period.last))


def _cut_off(books: Books, speech: Speech) -> Iterator[str]:
    most = max((len(result.rows) for result in books.results if result.truncated), default=0)
    if most:
        yield speech.say("check.cut_off", count=speech.number(most))


def _stale(books: Books, speech: Speech) -> Iterator[str]:
    """Published too long ago. A demo is always as old as it is."""
    hours = (datetime.now(UTC) - books.metrics.serving.run.published_at).total_seconds() / 3600
    if hours > books.settings.freshness_hours and books.workspace.describe().kind != "demo":
        yield speech.say("check.stale", hours=speech.number(round(hours)), day=speech.day(books.today))


def _parts(reading: Reading, books: Books, speech: Speech) -> Iterator[str]:
    """Whether the parts of a breakdown make up the whole, counted once more without the split.

    Of things ranked over time every one is known by its value over the whole period, so those are added up.
    """
    if reading.kind is not Kind.METRIC or not reading.by or Derived.AVERAGE in reading.derived:
        return
    reading = with_conditions(reading)
    metric = books.catalogue.metric(reading.metrics[0])
    things = tuple(name for name in reading.by if name not in GRAINS)
    splits = things if things and reading.order else reading.by
    found = next((result for result in books.results if _names(result) == (*splits, *reading.metrics)), None)
    if found is None or found.truncated or not found.rows or not adds_up(metric, splits):
        return
    period = reading.period if metric.has_history else None
    days = (period.first, period.last) if period else (None, None)
    try:
        whole = books.query(*reading.metrics, where=reading.where, first=days[0], last=days[1]).rows[0]
    except QueryTimeout:
        yield speech.say("check.not_recounted")
        return
    parts = sum(as_float(row[reading.metrics[0]]) or 0 for row in found.rows)
    total = as_float(whole[reading.metrics[0]]) or 0
    if abs(parts - total) > _CENT * max(1, len(found.rows)):
        amounts = {"parts": speech.value(parts, metric.unit), "whole": speech.value(total, metric.unit)}
        yield speech.say("check.parts_differ", metric=speech.title(metric.name), **amounts)


def _names(result: Result) -> tuple[str, ...]:
    return tuple(column.name for column in result.columns)


def _levels(reading: Reading, books: Books, speech: Speech) -> Iterator[str]:
    """Stock at close or at opening is a level: over a period it is that of the last or the first day."""
    if reading.kind not in _OF_METRICS or (reading.period is not None and reading.period.days == 1):
        return
    for name in reading.metrics:
        metric = books.catalogue.metric(name)
        if metric.kind in {"close", "open"} and "day" not in reading.by:
            yield speech.say(f"check.level_at_{metric.kind}", metric=speech.title(name))


def _no_sums(reading: Reading, findings: Findings, books: Books, speech: Speech) -> Iterator[str]:
    """Counts of different things, such as customers by store: somebody would add them up."""
    if reading.kind not in _OF_METRICS or len(findings.rows) < 2 or Derived.AVERAGE in reading.derived:
        return
    for name in reading.metrics:
        metric = books.catalogue.metric(name)
        if metric.unit == "count" and not adds_up(metric, reading.by) and _are_counts(findings.rows, name):
            splits = speech.list([speech.dimension(split) for split in reading.by])
            yield speech.say("check.no_sum", metric=speech.title(name), splits=splits)


def _are_counts(rows: Sequence[Row], name: str) -> bool:
    amounts = [found for row in rows if (found := as_float(row.get(name))) is not None]
    return bool(amounts) and all(amount.is_integer() for amount in amounts)
