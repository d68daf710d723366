"""Numbers: one, split, ranked, over time, as shares, as means, held to conditions.

Every row is fetched (up to the most that a query may give) before rows are ranked, held to conditions and cut, so that
the text can say how many there are. What counts as a share or a mean is said in `app.assistant.measure.fetch`. Where
rows of a dimension are ranked over time ("top five categories by month"), the dimension is ranked by its value over
the whole period, and every period of those that lead is shown. What no source tells is said first, and the rest of the
question is answered without it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.assistant import lacking
from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.measure import fetch, ratio
from app.assistant.measure.calendar import as_day
from app.assistant.measure.sentences import Said, describe
from app.assistant.measure.table import Table, is_in_time_order
from app.assistant.reading import Derived, Reading
from app.assistant.speech import Speech
from app.assistant.wording import period_name
from metrics import Filter
from metrics.catalogue import GRAINS

DEFAULT_LIMIT: Final = 10
"""Rows of a ranking whose length nobody said."""


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Fetch, rank, cut and describe the metrics of a reading."""
    lacks = lacking.sentences([*reading.metrics, *(item.metric for item in reading.having)], books, speech)
    if lacks:
        left = None if Derived.RATIO in reading.derived else lacking.known(reading, books)
        found = Findings("", metrics=reading.metrics) if left is None else answer(left, books, speech)
        return replace(found, text=" ".join(filter(None, [*lacks, found.text])))
    if Derived.RATIO in reading.derived and reading.compare_with is None and len(reading.metrics) > 1:
        return ratio.answer(reading, books, speech)
    reading = fetch.with_conditions(reading)
    measured = _measure(reading, books, speech)
    if isinstance(measured, str):
        return Findings(speech.say(f"metric.{measured}", metric=speech.title(reading.metrics[0])))
    if "hour" in reading.by and measured.table.rows and all(row["hour"] is None for row in measured.table.rows):
        return Findings(speech.say("lacking.hours"), metrics=reading.metrics)
    said = _held_and_ranked(measured, reading, books)
    shown = said.table.cut(_most(reading, said.table))
    text, facts, assumptions = describe(replace(said, shown=len(shown.rows)), reading, books, speech)
    return Findings(
        text=text,
        columns=tuple(speech.heading(column) for column in shown.columns),
        rows=shown.rows,
        chart=_chart(shown, reading),
        metrics=reading.metrics,
        facts=facts,
        assumptions=assumptions,
        suggestions=suggestions(reading, books, speech),
    )


def _measure(reading: Reading, books: Books, speech: Speech) -> Said | str:
    """The table that was asked for, or which sentence says why there is none."""
    if {Derived.DELTA, Derived.RATIO} & set(reading.derived) or reading.compare_with is not None:
        return "no_change"
    if Derived.AVERAGE in reading.derived:
        averaged = fetch.averaged(reading, books)
        return "no_mean" if averaged is None else Said(averaged.table, grain=averaged.grain, periods=averaged.periods)
    if Derived.SHARE in reading.derived:
        shared = fetch.shared(reading, books)
        return "no_share" if shared is None else Said(_with_labels(shared[0], speech), wholes=shared[1])
    return _leading_over_time(reading, books) if _ranks_over_time(reading) else Said(fetch.plain(reading, books))


def _with_labels(table: Table, speech: Speech) -> Table:
    """Columns of shares say that they are shares."""
    columns = [
        replace(
            column, label=speech.say("metric.share_of", metric=speech.metric(column.name.removesuffix(fetch.SHARE)))
        )
        if column.name.endswith(fetch.SHARE) and column.unit == "ratio" and column.name not in table.metrics
        else column
        for column in table.columns
    ]
    return replace(table, columns=tuple(columns))


def _held_and_ranked(said: Said, reading: Reading, books: Books) -> Said:
    """Rows that meet the conditions, in the order to show them. What has no category is no category to be ranked."""
    table = _with_something(said.table, books)
    if reading.order or reading.having:
        named = _named(table)
        said = replace(said, without_nameless=len(named.rows) < len(table.rows))
        table = named
    said = replace(said, all_rows=len(table.rows), table=table.meeting(reading.having))
    if reading.order == "smallest" and said.leading is None and said.table.splits:
        said = _without_partial(_without_zeros(said, reading, books), reading, books)
    return replace(said, table=_ranked(said.table, reading))


def _named(table: Table) -> Table:
    """Rows that have a value of every split."""
    return replace(table, rows=[row for row in table.rows if all(row[split] is not None for split in table.splits)])


def _with_something(table: Table, books: Books) -> Table:
    """Rows of products that have any of the sums asked for: a delivery fee has a row too, with no unit sold."""
    metrics = [books.catalogue.metric(name) for name in table.metrics]
    are_sums = all(metric.kind == "period" and metric.additivity.startswith("additive") for metric in metrics)
    if not are_sums or not set(table.splits) & fetch.OF_PRODUCTS or set(table.splits) & set(GRAINS):
        return table
    return replace(table, rows=[row for row in table.rows if any(row[name] for name in table.metrics)])


def _without_zeros(said: Said, reading: Reading, books: Books) -> Said:
    """A ranking from the smallest sum up begins with what there is some of.

    A product without any sale would come first if it had a row, but only few have one: a fee, a product returned.
    """
    table, metric = said.table, books.catalogue.metric(said.table.metrics[0])
    if reading.having or metric.kind != "period" or not metric.additivity.startswith("additive"):
        return said
    kept = [row for row in table.rows if row[table.metrics[0]] != 0]
    is_partial = len(kept) < len(table.rows) or bool(set(table.splits) & fetch.OF_PRODUCTS)
    return replace(said, table=replace(table, rows=kept), without_zeros=is_partial)


def _without_partial(said: Said, reading: Reading, books: Books) -> Said:
    """The worst day is one that is over."""
    table, split = said.table, said.table.splits[0]
    if len(table.splits) > 1 or split not in GRAINS:
        return said
    days = fetch.days_with_data(reading, books)
    whole = [row for row in table.rows if days.holds(as_day(row[split]), split)]
    return replace(said, table=replace(table, rows=whole), without_partial=len(whole) < len(table.rows))


def _ranks_over_time(reading: Reading) -> bool:
    """Whether things are ranked and each is shown over time."""
    return reading.order is not None and bool(set(reading.by) & set(GRAINS)) and bool(set(reading.by) - set(GRAINS))


def _leading_over_time(reading: Reading, books: Books) -> Said:
    """Every period of the things that lead over the whole of them."""
    things = tuple(name for name in reading.by if name not in GRAINS)
    every = _ranked(_named(fetch.plain(reading, books, by=things)), reading)
    ranked = every.cut(reading.limit or DEFAULT_LIMIT)
    leading = {tuple(row[name] for name in things) for row in ranked.rows}
    known = tuple(dict.fromkeys(value for row in ranked.rows if (value := row[things[0]]) is not None))
    only = (Filter(dimension=things[0], operator="in", value=known),) if known else ()
    table = fetch.plain(reading, books, where=only).in_order()
    rows = [row for row in table.rows if tuple(row[name] for name in things) in leading]
    return Said(replace(table, rows=rows), leading=every)


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


def suggestions(reading: Reading, books: Books, speech: Speech) -> tuple[str, ...]:
    """Further questions about the same metric and period."""
    metric = books.catalogue.metric(reading.metrics[0])
    named = period_name(reading.period, speech) if reading.period and metric.has_history else ""
    if named is None:
        return ()
    taken = {*reading.by, *(item.dimension for item in reading.where)}
    splits = [name for name in ("store", "category", "product") if name in metric.splits and name not in taken]
    slots = {"metric": speech.title(metric.name), "period": f" {named}" if named else ""}
    return tuple(speech.say("metric.suggest_split", dimension=speech.dimension(name), **slots) for name in splits[:2])
