"""What is said around an explanation: the calendar, what is left out or taken for granted, and where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app import periods
from app.assistant import planning, wording
from app.assistant.additivity import adds_up
from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY
from app.assistant.drivers import beside
from app.assistant.drivers.beside import LOST_SALES, Beside
from app.assistant.drivers.explain import Explanation
from app.assistant.drivers.fair import Pair
from app.assistant.drivers.measured import Measured
from app.assistant.findings import PageLink
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech, capital
from metrics.catalogue import Metric

_LONGEST_FOR_HOLIDAYS = 31
"""Days of a period up to which its holidays are named."""


@dataclass(frozen=True, slots=True)
class Task:
    """A reading with its periods made fair to compare, and what it is answered with."""

    metric: Metric
    reading: Reading
    periods: Pair
    books: Books
    speech: Speech

    @property
    def scope(self) -> str:
        """The reading's filters in words."""
        return wording.scope(self.reading.where, self.speech)

    @property
    def when(self) -> tuple[str, str]:
        """The later and the earlier period in words."""
        now, then = (_when(period, self.periods, self.speech) for period in (self.periods.now, self.periods.then))
        return now, then


def calendar(task: Task, measured: tuple[Measured, Measured], facts: list[float]) -> list[str]:
    """Holidays, other weekdays, other lengths, and stores that did not sell; numbers that it says go to the facts."""
    speech, pair = task.speech, task.periods
    short = [period for period in (pair.now, pair.then) if period.days <= _LONGEST_FOR_HOLIDAYS]
    found = beside.holidays(task.books, short, speech.language) if short else {}
    days = [speech.say("drivers.holiday", day=speech.day(day), name=name) for day, name in found.items()]
    sentences = [speech.say("drivers.holidays", days=speech.list(days))] if days else []
    if pair.are_days and pair.now.first.weekday() != pair.then.first.weekday():
        after, before = speech.day(pair.now.first), speech.day(pair.then.first)
        sentences.append(speech.say("drivers.weekdays", after=after, before=before))
    stores = (sum(any(each.values()) for each in read.by.get("store", {}).values()) for read in measured)
    for key, (old, new) in {"lengths": (pair.then.days, pair.now.days), "stores_sold": tuple(stores)}.items():
        if old != new:
            facts += [float(old), float(new)]
            sentences.append(speech.say(f"drivers.{key}", after=speech.number(new), before=speech.number(old)))
    return sentences


def left_out(
    task: Task, found: Explanation, too_many: Sequence[str], aside: Sequence[Beside], now: Measured
) -> tuple[str, ...]:
    """What the sources or the filters leave out, a sentence each."""
    speech, books, metric = task.speech, task.books, task.metric
    sentences = []
    if not found.parts and not found.movements and found.change:
        sentences.append(speech.say("drivers.no_split", metric=capital(speech.metric(metric.name))))
    if metric.name == "net_sales" and not books.has_stock:
        sentences.append(speech.say("drivers.no_stock"))
    elif metric.name == "net_sales" and books.knows(LOST_SALES) and LOST_SALES not in {a.metric for a in aside}:
        sentences.append(speech.say("drivers.no_lost_sales"))
    if metric.name in {"net_sales", "average_basket"} and "discount_amount" in books.catalogue.unknown:
        sentences.append(speech.say("drivers.no_discounts"))
    if set(now.by.get("hour", ())) in ({0}, {None}):
        sentences.append(speech.say("drivers.no_hours"))
    if len(task.reading.metrics) > 1:
        others = [speech.metric(name) for name in task.reading.metrics[1:]]
        sentences.append(speech.say("drivers.one_only", others=speech.list(others)))
    if too_many:
        names = speech.list([speech.dimension(name) for name in dict.fromkeys(too_many)])
        sentences.append(speech.say("drivers.too_many", dimensions=names))
    first = books.catalogue.first_date
    if first is not None and task.periods.then.first < first:
        sentences.append(speech.say("drivers.begins_within", first=speech.day(first)))
    return tuple(sentences)


def taken(task: Task, found: Explanation) -> tuple[str, ...]:
    """That parts are no causes, and what was cut to be fair."""
    sentences = [task.speech.say("drivers.association")] if found.parts or found.movements else []
    if task.periods.is_cut or task.periods.until_hour < WHOLE_DAY:
        period, baseline = task.when
        sentences.append(task.speech.say("drivers.cut", period=period, baseline=baseline))
    return tuple(sentences)


def suggestions(task: Task) -> tuple[str, ...]:
    """Questions that lead on, where the period has a name that questions use."""
    period, speech = task.reading.period, task.speech
    if period is None or not speech.knows(f"period.{period.name}"):
        return ()
    named, metric = speech.say(f"period.{period.name}"), capital(speech.metric(task.metric.name))
    splits = (name for name in ("product", "store") if not task.reading.filtered(name))
    by = [name for name in splits if name in task.metric.dimensions and adds_up(task.metric, (name,))]
    return (
        *(speech.say("drivers.suggest_by", metric=metric, dimension=speech.dimension(d), period=named) for d in by),
        speech.say("drivers.suggest_digest", period=named),
    )


def page(task: Task) -> PageLink:
    """The page of sales over the later period, in the one store that was asked about."""
    now = task.periods.now
    name = task.reading.period.name if task.reading.period else periods.CUSTOM
    days = {"period": periods.CUSTOM, "from": now.first.isoformat(), "to": now.last.isoformat()}
    address = {"period": name} if name in periods.LABELS and name != periods.CUSTOM else days
    return planning.page("sales", task.reading, planning.stores_of(task.books), **address)


def _when(period: Period, periods: Pair, speech: Speech) -> str:
    dates = speech.period(period)
    if periods.until_hour >= WHOLE_DAY:
        return dates
    return speech.say("drivers.until", period=dates, hour=periods.until_hour)
