"""What a digest says of sales: how much, against which days, of what, and what is unusual about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from app.assistant import planning, wording
from app.assistant.books import Books
from app.assistant.digest import figures
from app.assistant.digest.figures import Figure, Span
from app.assistant.drivers.measured import Measured, Question, measure
from app.assistant.drivers.movers import movement
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech, capital

SAME: Final = 0.0005
"""Relative change below which two amounts are as much as each other, since it shows as 0.0%."""

_BEST: Final = 3
_MOVERS: Final = 2


@dataclass(slots=True)
class Task:
    """A digest while it is written.

    Attributes:
        reading: What is asked for.
        books: The numbers.
        speech: The language.
        span: The days.
        facts: Numbers said that the table does not hold.
    """

    reading: Reading
    books: Books
    speech: Speech
    span: Span
    facts: list[float] = field(default_factory=list)

    def fact(self, value: float) -> float:
        """A number that is said."""
        self.facts.append(value)
        return value


def opening(task: Task, found: dict[str, Figure]) -> list[str]:
    """Which day it is, and its sales against both other periods."""
    speech, span, sales = task.speech, task.span, found["net_sales"]
    moved = [speech.say("digest.not_yet", today=speech.day(task.books.today))] if span.is_moved else []
    when = capital(speech.period(span.period))
    scope = wording.scope(task.reading.where, speech)
    if not found["transactions"].value:
        return [*moved, speech.say("digest.no_sales", when=when, scope=scope)]
    runs = span.period.last == task.books.today and (span.runs or span.period.ends is not None)
    text = speech.say(
        "digest.sales_so_far" if runs else "digest.sales",
        when=when,
        scope=scope,
        value=speech.value(sales.value, "currency"),
        compared=_changes(task, sales),
    )
    return [*moved, text]


def _changes(task: Task, sales: Figure) -> str:
    """`, 3.1% more than …`, with what it is reckoned over where that is not the whole; empty where nothing compares."""
    speech, span = task.speech, task.span
    others: list[tuple[float | None, Period]] = [(sales.change, span.before.then)]
    if span.year_before is not None:
        others.append((sales.change_on_year, span.year_before.then))
    changes = [
        speech.say(
            "digest.same" if abs(change) < SAME else "digest.more" if change > 0 else "digest.less",
            share=speech.percent(abs(change)),
            day=speech.period(period),
        )
        for change, period in others
        if change is not None
    ]
    if not changes:
        return ""
    said = speech.list(changes)
    if not span.runs:
        return speech.say("digest.compared", changes=said)
    key = "digest.compared_until" if span.period.days == 1 else "digest.compared_days"
    return speech.say(key, hour=int(task.fact(span.before.until_hour)), changes=said)


def counts(task: Task, found: dict[str, Figure]) -> list[str]:
    """Transactions, the average basket and, for who may see it and where costs are known, the gross margin."""
    speech = task.speech
    transactions, basket, made = (found.get(name) for name in ("transactions", "average_basket", "gross_margin"))
    if transactions is None or basket is None:
        return []
    said = {
        "transactions": speech.value(transactions.value, "count"),
        "basket": speech.value(basket.value, "currency"),
        "c_transactions": _change(task, transactions),
        "c_basket": _change(task, basket),
    }
    if made is None or made.value is None:
        return [speech.say("digest.counts", **said)]
    margin = {"margin": speech.value(made.value, "currency"), "c_margin": _change(task, made)}
    return [speech.say("digest.counts_margin", **said, **margin)]


def _change(task: Task, figure: Figure) -> str:
    """` (+4.2%)` on the period before; empty where nothing compares."""
    if figure.change is None:
        return ""
    sign = "+" if figure.change >= SAME else "-" if figure.change <= -SAME else ""
    return task.speech.say("digest.with_change", change=f"{sign}{task.speech.percent(abs(figure.change))}")


def products(task: Task) -> tuple[list[str], list[str]]:
    """What sold most, of the whole period so far; and what moved most, of the part that is fair to compare."""
    question = Question(("net_sales", "units_sold"), (("product",),), task.reading.where)
    then, now, too_many = measure(task.books, question, task.span.before)
    best = _best(task, now)
    moved = [] if too_many or not best else _moved(task, then, now)
    return (
        [task.speech.say("digest.best", products=task.speech.list(best))] if best else [],
        [task.speech.say("digest.moved", movers=task.speech.list(moved))] if moved else [],
    )


def _best(task: Task, now: Measured) -> list[str]:
    """What sold most units. What was read to compare is everything, unless part of the period is not compared."""
    if task.span.runs or "product" not in now.by:
        sold = _sold(task)
    else:
        sold = [(name, float(units)) for name, units in now.amounts("product", "units_sold").items()]
    best = sorted(
        ((n, units) for n, units in sold if n is not None and units), key=lambda item: (-item[1], str(item[0]))
    )
    return [_named(task, name, task.speech.value(task.fact(units), "units")) for name, units in best[:_BEST]]


def _sold(task: Task) -> list[tuple[object, float]]:
    period = task.span.period
    rows = task.books.query(
        "units_sold",
        by=("product",),
        where=task.reading.where,
        first=period.first,
        last=period.last,
        order_by=("-units_sold",),
        limit=_BEST + 1,
    ).rows
    return [(row["product"], planning.number_of(row, "units_sold")) for row in rows]


def _moved(task: Task, then: Measured, now: Measured) -> list[str]:
    found = movement("product", then.amounts("product", "net_sales"), now.amounts("product", "net_sales"))
    movers = sorted((m for m in found.movers if m.change and m.name is not None), key=lambda m: -abs(m.change))
    texts = []
    for mover in movers[:_MOVERS]:
        size = task.fact(float(abs(mover.change)))
        sign = "+" if mover.change > 0 else "-"
        texts.append(_named(task, mover.name, f"{sign}{task.speech.value(size, 'currency')}"))
    return texts


def _named(task: Task, product: object, value: str) -> str:
    return task.speech.say("digest.name_value", name=task.speech.cell("product", product), value=value)


def unusual(task: Task) -> list[str]:
    """Discounts and returns that take an unusual share of sales."""
    speech = task.speech
    grain = "day" if task.span.period.days == 1 else "week"
    return [
        speech.say(
            f"digest.unusual_{metric}",
            share=speech.percent(task.fact(rate)),
            count=speech.number(task.fact(count)),
            grains=speech.say(f"digest.grain_{grain}"),
        )
        for metric, rate, count in figures.unusual(task.books, task.span, task.reading.where)
    ]
