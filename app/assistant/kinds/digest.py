"""A day or a week in a few sentences, written from the metrics without a model: what sold, what changed, what waits."""

from __future__ import annotations

from typing import Final

from app.assistant import planning
from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY
from app.assistant.digest import figures, pressing, sentences
from app.assistant.digest.figures import Figure
from app.assistant.digest.sentences import SAME, Task
from app.assistant.findings import Chart, Findings
from app.assistant.reading import Reading
from app.assistant.speech import Speech, capital
from forecasting.replenishment.tables import REORDER_DRAFTS
from metrics import Column
from metrics.result import Row
from retail.errors import UnusableRequest

MOST_SENTENCES: Final = 6
"""A digest is read on a phone, between two things; the table has the rest."""


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Write the digest of the reading's period, today by default.

    The table holds the key figures: the whole period so far, the part of it that is fair to compare (without the hour
    that runs), and both other periods.

    Raises:
        UnusableRequest: A filter does not apply to sales, or something is asked for that would be left out silently.
        QueryTimeout: It took too long.
    """
    _require_plain(reading, speech)
    task = Task(reading, books, speech, figures.span(reading, books))
    found = figures.figures(books, task.span, reading.where)
    by_name = {figure.metric: figure for figure in found}
    said = _sentences(task, by_name)
    left_out = pressing.left_out(books, speech)
    has_room = len(said) < MOST_SENTENCES
    return Findings(
        text=" ".join([*said, *left_out] if has_room else said),
        columns=_columns(task),
        rows=[_row(task, figure) for figure in found],
        chart=Chart.NONE,
        metrics=tuple(by_name),
        facts=tuple(dict.fromkeys(task.facts)),
        assumptions=(*_compared(task), *(() if has_room else left_out)),
        suggestions=_suggestions(task, by_name),
        page=planning.page("today", reading, planning.stores_of(books)),
    )


def _sentences(task: Task, found: dict[str, Figure]) -> list[str]:
    """What sold, what is unusual or else moved most where there is room for it, and what needs somebody."""
    said = sentences.opening(task, found)
    needs = pressing.needs(task)
    if found["transactions"].value:
        best, moved = sentences.products(task)
        said += [*sentences.counts(task, found), *best]
        said += (sentences.unusual(task) or moved)[: max(0, MOST_SENTENCES - len(said) - len(needs))]
    return [*said, *needs]


def _require_plain(reading: Reading, speech: Speech) -> None:
    """Let only pass what a digest holds: a period, what it is compared with, and filters."""
    unmet = [*(item.metric for item in reading.having), *reading.by]
    if unmet:
        raise UnusableRequest(speech.say("digest.cannot", what=speech.list([speech.dimension(u) for u in unmet])))


def _columns(task: Task) -> tuple[Column, ...]:
    names = ["value", *(["comparable"] if task.span.runs else []), "before", "change"]
    names += ["year_before", "change_on_year"] if task.span.year_before is not None else []
    figure = Column("figure", task.speech.say("digest.column_figure"), "text", "dimension")
    units = {"change": "ratio", "change_on_year": "ratio"}
    return (figure, *(Column(n, task.speech.say(f"digest.column_{n}"), units.get(n), "metric") for n in names))


def _row(task: Task, figure: Figure) -> Row:
    name = capital(task.speech.metric(figure.metric))
    if task.books.catalogue.metrics[figure.metric].unit == "currency":
        name = task.speech.say("digest.with_unit", name=name, unit=task.books.currency)
    values: Row = {
        "figure": name,
        "value": figure.value,
        "comparable": figure.comparable,
        "before": figure.before,
        "change": figure.change,
        "year_before": figure.year_before,
        "change_on_year": figure.change_on_year,
    }
    return {column.name: values[column.name] for column in _columns(task)}


def _compared(task: Task) -> tuple[str, ...]:
    speech, span = task.speech, task.span
    hour = span.before.until_hour
    parts = {
        "before": speech.period(span.before.then),
        "hours": speech.say("digest.until", hour=hour) if hour < WHOLE_DAY else "",
    }
    if span.year_before is None:
        return (speech.say("digest.compared_with", **parts),)
    return (speech.say("digest.compared_with_year", year=speech.period(span.year_before.then), **parts),)


def _suggestions(task: Task, found: dict[str, Figure]) -> tuple[str, ...]:
    speech, books, sales = task.speech, task.books, found["net_sales"]
    key = f"period.{task.span.period.name}"
    questions = []
    if speech.knows(key):
        period = speech.say(key)
        if sales.change is not None and abs(sales.change) >= SAME:
            questions.append(speech.say(f"digest.suggest_why_{'up' if sales.change > 0 else 'down'}", period=period))
        questions.append(speech.say("digest.suggest_best", period=period))
    if books.has_stock:
        questions.append(speech.say("digest.suggest_risk"))
    if books.holds(REORDER_DRAFTS):
        questions.append(speech.say("digest.suggest_reorder"))
    return tuple(questions)
