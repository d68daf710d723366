"""A day or a week in a few sentences, written from the metrics without a model: what sold, what changed, what waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from app import good_sellers
from app.assistant import planning, wording
from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY
from app.assistant.digest import alerts, figures
from app.assistant.digest.alerts import PURCHASE_LINES, Alert
from app.assistant.digest.figures import Figure, Span
from app.assistant.drivers.measured import Measured, Question, measure
from app.assistant.drivers.movers import movement
from app.assistant.findings import Chart, Findings
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech, capital
from forecasting.replenishment.tables import REORDER_DRAFTS
from metrics import Column
from metrics.result import Row

_BEST: Final = 3
_MOVERS: Final = 2
_IS_NOW: Final = timedelta(days=7)
"""How long ago a period may have ended for what is so now to belong to its digest."""
_SAME: Final = 0.0005
"""Relative change below which two amounts are as much as each other, since it shows as 0.0%."""


@dataclass(slots=True)
class _Task:
    """A digest while it is written, with the numbers that it says and the table does not hold."""

    reading: Reading
    books: Books
    speech: Speech
    span: Span
    facts: list[float] = field(default_factory=list)

    def fact(self, value: float) -> float:
        self.facts.append(value)
        return value


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Write the digest of the reading's period, today by default.

    The table holds the key figures: the whole period so far, the part of it that is fair to compare (without the hour
    that runs), and both other periods.

    Raises:
        UnusableRequest: A filter does not apply to sales.
        QueryTimeout: It took too long.
    """
    task = _Task(reading, books, speech, figures.span(reading, books))
    found = figures.figures(books, task.span, reading.where)
    by_name = {figure.metric: figure for figure in found}
    has_sales = bool(by_name["transactions"].value)
    sentences = [*_opening(task, by_name)]
    if has_sales:
        sentences += [*_counts(task, by_name), *_margin(task, by_name), *_products(task), *_unusual(task)]
    sentences += [*_alerts(task), *_left_out(books, speech)]
    return Findings(
        text=" ".join(sentence for sentence in sentences if sentence),
        columns=_columns(task),
        rows=[_row(task, figure) for figure in found],
        chart=Chart.NONE,
        metrics=tuple(by_name),
        facts=tuple(dict.fromkeys(task.facts)),
        assumptions=_compared(task),
        suggestions=_suggestions(task, by_name),
        page=planning.page("today", reading, planning.stores_of(books)),
    )


def _opening(task: _Task, found: dict[str, Figure]) -> list[str]:
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


def _changes(task: _Task, sales: Figure) -> str:
    """`, 3.1% more than …`, with what it is reckoned over where that is not the whole; empty where nothing compares."""
    speech, span = task.speech, task.span
    others: list[tuple[float | None, Period]] = [(sales.change, span.before.then)]
    if span.year_before is not None:
        others.append((sales.change_on_year, span.year_before.then))
    changes = [
        speech.say(
            "digest.same" if abs(change) < _SAME else "digest.more" if change > 0 else "digest.less",
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


def _counts(task: _Task, found: dict[str, Figure]) -> list[str]:
    speech = task.speech
    transactions, units, basket = (found[name] for name in ("transactions", "units_sold", "average_basket"))
    text = speech.say(
        "digest.counts",
        transactions=speech.value(transactions.value, "count"),
        units=speech.value(units.value, "units"),
        basket=speech.value(basket.value, "currency"),
        c_transactions=_change(task, transactions),
        c_units=_change(task, units),
        c_basket=_change(task, basket),
    )
    return [text]


def _margin(task: _Task, found: dict[str, Figure]) -> list[str]:
    margin = found.get("gross_margin")
    if margin is None or margin.value is None:
        return []
    value = task.speech.value(margin.value, "currency")
    return [task.speech.say("digest.margin", value=value, change=_change(task, margin))]


def _change(task: _Task, figure: Figure) -> str:
    """` (+4.2%)` on the period before; empty where nothing compares."""
    if figure.change is None:
        return ""
    sign = "+" if figure.change >= _SAME else "-" if figure.change <= -_SAME else ""
    return task.speech.say("digest.with_change", change=f"{sign}{task.speech.percent(abs(figure.change))}")


def _products(task: _Task) -> list[str]:
    """What sold most, of the whole period so far, and what moved most, of the part that is fair to compare."""
    question = Question(("net_sales", "units_sold"), (("product",),), task.reading.where)
    then, now, too_many = measure(task.books, question, task.span.before)
    moved = [] if too_many else _moved(task, then, now)
    best = _best(task, now)
    if not best:
        return []
    key = "digest.best_moved" if moved else "digest.best"
    return [task.speech.say(key, products=task.speech.list(best), movers=task.speech.list(moved))]


def _best(task: _Task, now: Measured) -> list[str]:
    """What sold most units. What was read to compare is everything, unless part of the period is not compared."""
    if task.span.runs or "product" not in now.by:
        sold = _sold(task)
    else:
        sold = [(name, float(units)) for name, units in now.amounts("product", "units_sold").items()]
    best = sorted(
        ((n, units) for n, units in sold if n is not None and units), key=lambda item: (-item[1], str(item[0]))
    )
    return [_named(task, name, task.speech.value(task.fact(units), "units")) for name, units in best[:_BEST]]


def _sold(task: _Task) -> list[tuple[object, float]]:
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


def _moved(task: _Task, then: Measured, now: Measured) -> list[str]:
    found = movement("product", then.amounts("product", "net_sales"), now.amounts("product", "net_sales"))
    movers = sorted((m for m in found.movers if m.change and m.name is not None), key=lambda m: -abs(m.change))
    texts = []
    for mover in movers[:_MOVERS]:
        size = task.fact(float(abs(mover.change)))
        sign = "+" if mover.change > 0 else "-"
        texts.append(_named(task, mover.name, f"{sign}{task.speech.value(size, 'currency')}"))
    return texts


def _named(task: _Task, product: object, value: str) -> str:
    return task.speech.say("digest.name_value", name=task.speech.cell("product", product), value=value)


def _unusual(task: _Task) -> list[str]:
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


def _alerts(task: _Task) -> list[str]:
    """What needs somebody now, two to a sentence; nothing for a period that is long over."""
    if task.books.today - task.span.period.last > _IS_NOW:
        return []
    found = {alert.kind: alert for alert in alerts.find(task.reading, task.books, task.speech)}
    if not found:
        return [task.speech.say("digest.nothing")]
    alone = [_said(task, found["running_out"])] if "running_out" in found else []
    pairs = (("out", "low"), ("drafts", "late"), ("quarantined", "differing"), ("old",))
    joined = [_joined(task, [found[kind] for kind in kinds if kind in found]) for kinds in pairs]
    return [joined[0], *alone, *joined[1:]] if joined[0] else [*alone, *joined[1:]]


def _joined(task: _Task, found: list[Alert]) -> str:
    if not found:
        return ""
    said = [_said(task, alert, is_first=not number) for number, alert in enumerate(found)]
    if len(said) == 1:
        return task.speech.say("digest.alone", first=capital(said[0]))
    return task.speech.say("digest.joined", first=capital(said[0]), second=said[1])


def _said(task: _Task, alert: Alert, *, is_first: bool = True) -> str:
    speech = task.speech
    key = "low_only" if alert.kind == "low" and is_first else alert.kind
    return speech.say(
        f"digest.{key}",
        count=speech.number(task.fact(alert.count)),
        product=speech.cell("product", alert.product),
        store=speech.cell("store", alert.store),
        days=speech.number(task.fact(good_sellers.LOW_COVER_DAYS)),
    )


def _left_out(books: Books, speech: Speech) -> list[str]:
    """One sentence on everything that no source tells."""
    missing = [
        speech.say(f"digest.missing_{name}")
        for name, is_missing in (
            ("stock", not books.has_stock),
            ("margin", "gross_margin" in books.catalogue.unknown),
            ("deliveries", not books.holds(PURCHASE_LINES)),
            ("drafts", not books.holds(REORDER_DRAFTS)),
        )
        if is_missing
    ]
    return [speech.say("digest.left_out", what=speech.either(missing))] if missing else []


def _columns(task: _Task) -> tuple[Column, ...]:
    names = ["value", *(["comparable"] if task.span.runs else []), "before", "change"]
    names += ["year_before", "change_on_year"] if task.span.year_before is not None else []
    figure = Column("figure", task.speech.say("digest.column_figure"), "text", "dimension")
    units = {"change": "ratio", "change_on_year": "ratio"}
    return (figure, *(Column(n, task.speech.say(f"digest.column_{n}"), units.get(n), "metric") for n in names))


def _row(task: _Task, figure: Figure) -> Row:
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


def _compared(task: _Task) -> tuple[str, ...]:
    speech, span = task.speech, task.span
    hour = span.before.until_hour
    parts = {
        "before": speech.period(span.before.then),
        "hours": speech.say("digest.until", hour=hour) if hour < WHOLE_DAY else "",
    }
    if span.year_before is None:
        return (speech.say("digest.compared_with", **parts),)
    return (speech.say("digest.compared_with_year", year=speech.period(span.year_before.then), **parts),)


def _suggestions(task: _Task, found: dict[str, Figure]) -> tuple[str, ...]:
    speech, books, sales = task.speech, task.books, found["net_sales"]
    key = f"period.{task.span.period.name}"
    questions = []
    if speech.knows(key):
        period = speech.say(key)
        if sales.change is not None and abs(sales.change) >= _SAME:
            questions.append(speech.say(f"digest.suggest_why_{'up' if sales.change > 0 else 'down'}", period=period))
        questions.append(speech.say("digest.suggest_best", period=period))
    if books.has_stock:
        questions.append(speech.say("digest.suggest_risk"))
    if books.holds(REORDER_DRAFTS):
        questions.append(speech.say("digest.suggest_reorder"))
    return tuple(questions)
