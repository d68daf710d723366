"""Numbers: one, split, ranked, over time, as shares, as means, held to conditions.

Every row is fetched (up to the most that a query may give) before rows are ranked, held to conditions and cut, so that
the text can say how many there are. What counts as a share or a mean is said in `app.assistant.measure.fetch`. Where
rows of a dimension are ranked over time ("top five categories by month"), the dimension is ranked by its value over
the whole period, and every period of those that lead is shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.measure import fetch
from app.assistant.measure.sentences import Said, describe
from app.assistant.measure.table import Table, is_in_time_order
from app.assistant.reading import Derived, Reading
from app.assistant.speech import Speech
from metrics import Filter
from metrics.catalogue import GRAINS

DEFAULT_LIMIT: Final = 10
"""Rows of a ranking whose length nobody said."""


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Fetch, rank, cut and describe the metrics of a reading."""
    measured = _measure(reading, books)
    if isinstance(measured, str):
        return Findings(speech.say(f"metric.{measured}", metric=speech.metric(reading.metrics[0])))
    table, said = measured
    every = len(table.rows)
    table = _ranked(table.meeting(reading.having), reading)
    shown = table.cut(_most(reading, table))
    said = replace(said, all_rows=every, table=table, shown=len(shown.rows))
    text, facts, assumptions = describe(said, reading, books, speech)
    return Findings(
        text=text,
        columns=tuple(speech.heading(column) for column in shown.columns),
        rows=shown.rows,
        chart=_chart(shown, reading),
        metrics=reading.metrics,
        facts=facts,
        assumptions=assumptions,
        suggestions=_suggestions(reading, books, speech),
    )


def _measure(reading: Reading, books: Books) -> tuple[Table, Said] | str:
    """The table that was asked for, or which sentence says why there is none."""
    if {Derived.DELTA, Derived.RATIO} & set(reading.derived):
        return "no_change"
    if Derived.AVERAGE in reading.derived:
        averaged = fetch.averaged(reading, books)
        if averaged is None:
            return "no_mean"
        return averaged.table, Said(averaged.table, grain=averaged.grain, periods=averaged.periods)
    if Derived.SHARE in reading.derived:
        shared = fetch.shared(reading, books)
        return "no_share" if shared is None else (shared[0], Said(shared[0], wholes=shared[1]))
    table = _leading_over_time(reading, books) if _ranks_over_time(reading) else fetch.plain(reading, books)
    return table, Said(table)


def _ranks_over_time(reading: Reading) -> bool:
    """Whether things are ranked and each is shown over time."""
    return reading.order is not None and bool(set(reading.by) & set(GRAINS)) and bool(set(reading.by) - set(GRAINS))


def _leading_over_time(reading: Reading, books: Books) -> Table:
    """Every period of the things that lead over the whole of them."""
    things = tuple(name for name in reading.by if name not in GRAINS)
    ranked = _ranked(fetch.plain(reading, books, by=things), reading).cut(reading.limit or DEFAULT_LIMIT)
    leading = [tuple(row[name] for name in things) for row in ranked.rows]
    known = [value for value, *_ in leading if value is not None]
    only = (Filter(dimension=things[0], operator="in", value=tuple(known)),) if len(known) == len(leading) > 0 else ()
    table = fetch.plain(reading, books, where=only).in_order()
    rows = [row for row in table.rows if tuple(row[name] for name in things) in leading]
    return replace(table, rows=rows)


def _ranked(table: Table, reading: Reading) -> Table:
    """Rows in the order to show them: as ranked, by time, or the largest first."""
    if _ranks_over_time(reading) and set(table.splits) & set(GRAINS):
        return table
    if reading.order is None and (is_in_time_order(table.splits) or set(table.splits) & set(GRAINS)):
        return table.in_order()
    return table.ranked(table.metrics[0], reading.order or "largest")


def _most(reading: Reading, table: Table) -> int | None:
    """How many rows to show: all, unless the rows are ranked or somebody said so."""
    if not table.splits or (_ranks_over_time(reading) and set(table.splits) & set(GRAINS)):
        return None
    if reading.limit is not None:
        return reading.limit
    return DEFAULT_LIMIT if reading.order and not reading.having else None


def _chart(table: Table, reading: Reading) -> Chart:
    if not table.rows:
        return Chart.NONE
    if not table.splits:
        return Chart.NUMBER
    return (
        Chart.LINES
        if set(table.splits) & set(GRAINS) and not (reading.order and len(table.splits) == 1)
        else Chart.BARS
    )


def _suggestions(reading: Reading, books: Books, speech: Speech) -> tuple[str, ...]:
    """Further questions about the same metric and period."""
    metric = books.catalogue.metric(reading.metrics[0])
    named = f"period.{reading.period.name}" if reading.period else None
    if named is not None and not speech.knows(named):
        return ()
    when = f" {speech.say(named)}" if named else ""
    held = {item.dimension for item in reading.where}
    splits = [name for name in ("store", "category", "product") if name in metric.splits and name not in held]
    return tuple(
        speech.say(
            "metric.suggest_split", metric=speech.title(metric.name), dimension=speech.dimension(name), period=when
        )
        for name in splits
        if name not in reading.by
    )[:2]
