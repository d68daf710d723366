"""Why a metric changed: premise first, then parts that add up to the change, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app import periods
from app.assistant import dates, planning, wording
from app.assistant.additivity import adds_up
from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY
from app.assistant.drivers import beside, explain, table
from app.assistant.drivers.beside import LOST_SALES, Beside
from app.assistant.drivers.explain import Explanation
from app.assistant.drivers.fair import Pair, pair
from app.assistant.drivers.measured import Measured, Question, measure
from app.assistant.drivers.story import Story
from app.assistant.findings import Chart, Findings, PageLink
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech, capital
from metrics.catalogue import Metric

_MOST_SENTENCES = 5
_LONGEST_FOR_HOLIDAYS = 31
"""Days of a period up to which its holidays are named."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A reading with its periods made fair to compare, and what it is answered with."""

    metric: Metric
    reading: Reading
    periods: Pair
    books: Books
    speech: Speech

    @property
    def scope(self) -> str:
        return wording.scope(self.reading.where, self.speech)

    @property
    def when(self) -> tuple[str, str]:
        """The later and the earlier period in words."""
        return _when(self.periods.now, self.periods, self.speech), _when(self.periods.then, self.periods, self.speech)


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Explain why the reading's first metric changed between its two periods.

    The table holds several splits of the same change (`app.assistant.drivers.table`); each adds up to it exactly.

    Raises:
        UnusableRequest: A filter does not apply to the metric.
        Refused: The person may not see it.
        QueryTimeout: It took too long.
    """
    metric = books.catalogue.metric(reading.metrics[0] if reading.metrics else "net_sales")
    name = capital(speech.metric(metric.name))
    if metric.name in books.catalogue.unknown:
        reason = books.catalogue.unknown[metric.name]
        return _only(metric, speech.say("drivers.not_known", metric=name, reason=reason))
    if metric.kind != "period":
        return _only(metric, speech.say("drivers.not_explained", metric=name))
    now = reading.period or dates.named("yesterday", books.today)
    then = reading.compare_with or dates.previous(now)
    fair = pair(reading, explain.measures(metric, books.catalogue), now, then, books)
    task = _Task(metric, reading, fair, books, speech)
    return _incomparable(task) or _explained(task)


def _incomparable(task: _Task) -> Findings | None:
    """What is said where one of the periods has nothing to compare."""
    first, then, speech = task.books.catalogue.first_date, task.periods.then, task.speech
    if task.periods.until_hour == 0 and task.periods.are_days:
        return _only(task.metric, speech.say("drivers.nothing_yet", day=speech.day(task.books.today)))
    if first is not None and then.last < first:
        text = speech.say("drivers.no_baseline", baseline=speech.period(then), first=speech.day(first))
        return _only(task.metric, text)
    return None


def _explained(task: _Task) -> Findings:
    books, speech, metric = task.books, task.speech, task.metric
    question = explain.question(metric, task.reading, task.periods, books.catalogue)
    then, now, too_many = measure(books, question, task.periods)
    found = explain.explain(metric, then, now)
    if found.before is None or found.after is None:
        return _nothing(task, found)
    aside = beside.amounts(books, metric, task.reading.where, task.periods, (then, now))
    story = Story(metric, speech)
    text = _text(task, found, aside, story, (then, now))
    return Findings(
        text=text,
        columns=table.columns(metric, speech),
        rows=table.rows(metric, found, aside, speech),
        chart=Chart.BRIDGE if found.parts else Chart.NONE,
        metrics=(metric.name,),
        facts=tuple(dict.fromkeys((*story.facts, *_hour(task.periods)))),
        warnings=_left_out(task, found, too_many, aside, now),
        assumptions=_taken(task, found),
        suggestions=_suggestions(task),
        page=_page(task),
    )


def _hour(periods: Pair) -> tuple[float, ...]:
    """The hour that the text says, where days are cut."""
    return (float(periods.until_hour),) if periods.hours else ()


def _only(metric: Metric, text: str) -> Findings:
    return Findings(text=text, metrics=(metric.name,))


def _nothing(task: _Task, found: Explanation) -> Findings:
    """A ratio over nothing, such as a basket without transactions."""
    period, baseline = task.when
    story = Story(task.metric, task.speech)
    before, after = (story.amount(v) if v is not None else "–" for v in (found.before, found.after))
    text = task.speech.say(
        "drivers.nothing",
        metric=task.speech.metric(task.metric.name),
        scope=task.scope,
        after=after,
        before=before,
        period=period,
        baseline=baseline,
    )
    return Findings(text=text, metrics=(task.metric.name,), facts=tuple(story.facts))


def _text(
    task: _Task, found: Explanation, aside: Sequence[Beside], story: Story, measured: tuple[Measured, Measured]
) -> str:
    """Premise, change, drivers, movers, what stands beside: at most as many sentences as somebody reads."""
    sentences = [story.changed(found, task.scope, *task.when)]
    if found.change:
        first = story.lead(found, task.periods.are_days)
        told = {"hour", "weekday"} | ({first[1]} if first else set())
        told |= {"category"} if "product" in {item.dimension for item in found.movements} else set()
        movers = [story.movers(item) for item in found.movements if item.dimension not in told]
        if first is not None:
            sentences.append(first[0])
        sentences += [sentence for sentence in (story.drivers(found), *movers[:1]) if sentence]
        others = [*_beside(aside, found, story), *_calendar(task, measured), *(m for m in movers[1:] if m)]
        sentences += others[: _MOST_SENTENCES - len(sentences)]
    return " ".join((*_premise(task, found, story), *sentences))


def _premise(task: _Task, found: Explanation, story: Story) -> list[str]:
    """What is said where the change did not go the way that the question takes for granted."""
    wanted = task.reading.direction
    change = found.change
    if wanted is None or (change < 0 and wanted == "down") or (change > 0 and wanted == "up"):
        return []
    sentences = [task.speech.say(f"drivers.not_{wanted}")]
    if task.periods.are_days and (other := _against_day_before(task, story)):
        sentences.append(other)
    return sentences


def _against_day_before(task: _Task, story: Story) -> str | None:
    """The sentence that it did go that way against the day before; none where it did not, or that was asked anyway."""
    eve = task.periods.now.first - timedelta(days=1)
    if eve == task.periods.then.first:
        return None
    periods = Pair(task.periods.now, Period(first=eve, last=eve), task.periods.until_hour)
    question = explain.question(task.metric, task.reading, periods, task.books.catalogue)
    then, now, _ = measure(task.books, Question(question.measures, (), question.where), periods)
    found = explain.explain(task.metric, then, now)
    went = "down" if found.change < 0 else "up"
    if found.before is None or found.after is None or not found.change or went != task.reading.direction:
        return None
    return task.speech.say(
        f"drivers.day_before_{went}",
        day=task.speech.day(eve),
        after=story.amount(found.after),
        before=story.amount(found.before),
    )


def _beside(aside: Sequence[Beside], found: Explanation, story: Story) -> list[str]:
    return [
        story.speech.say(f"drivers.{item.metric}", after=story.amount(item.after), before=story.amount(item.before))
        for item in aside
        if item.is_worth_saying(found.change)
    ]


def _calendar(task: _Task, measured: tuple[Measured, Measured]) -> list[str]:
    """Holidays, other weekdays, other lengths, and stores that did not sell."""
    speech, periods = task.speech, task.periods
    short = [period for period in (periods.now, periods.then) if period.days <= _LONGEST_FOR_HOLIDAYS]
    found = beside.holidays(task.books, short, speech.language) if short else {}
    days = [speech.say("drivers.holiday", day=speech.day(day), name=name) for day, name in found.items()]
    sentences = [speech.say("drivers.holidays", days=speech.list(days))] if days else []
    if periods.are_days and periods.now.first.weekday() != periods.then.first.weekday():
        after, before = speech.day(periods.now.first), speech.day(periods.then.first)
        sentences.append(speech.say("drivers.weekdays", after=after, before=before))
    if periods.now.days != periods.then.days:
        lengths = {"after": speech.number(periods.now.days), "before": speech.number(periods.then.days)}
        sentences.append(speech.say("drivers.lengths", **lengths))
    old, new = (sum(any(each.values()) for each in read.by.get("store", {}).values()) for read in measured)
    if old != new:
        sentences.append(speech.say("drivers.stores_sold", after=speech.number(new), before=speech.number(old)))
    return sentences


def _left_out(
    task: _Task, found: Explanation, too_many: Sequence[str], aside: Sequence[Beside], now: Measured
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
    if too_many:
        names = speech.list([speech.dimension(name) for name in dict.fromkeys(too_many)])
        sentences.append(speech.say("drivers.too_many", dimensions=names))
    first = books.catalogue.first_date
    if first is not None and task.periods.then.first < first:
        sentences.append(speech.say("drivers.begins_within", first=speech.day(first)))
    return tuple(sentences)


def _taken(task: _Task, found: Explanation) -> tuple[str, ...]:
    sentences = [task.speech.say("drivers.association")] if found.parts or found.movements else []
    if task.periods.is_cut or task.periods.until_hour < WHOLE_DAY:
        period, baseline = task.when
        sentences.append(task.speech.say("drivers.cut", period=period, baseline=baseline))
    return tuple(sentences)


def _suggestions(task: _Task) -> tuple[str, ...]:
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


def _page(task: _Task) -> PageLink:
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
