"""Why a metric changed: premise first, then parts that add up to the change, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.assistant import dates, lacking
from app.assistant.additivity import adds_up
from app.assistant.books import Books
from app.assistant.drivers import beside, explain, remarks, table
from app.assistant.drivers.beside import Beside
from app.assistant.drivers.explain import Explanation
from app.assistant.drivers.fair import Pair, pair
from app.assistant.drivers.measured import Measured, Question, measure
from app.assistant.drivers.remarks import Task
from app.assistant.drivers.story import Story
from app.assistant.findings import Chart, Findings
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech, capital
from metrics.catalogue import Metric
from retail.errors import UnusableRequest

_MOST_SENTENCES = 5


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Explain why the reading's first metric changed between its two periods.

    The table holds several splits of the same change (`app.assistant.drivers.table`); each adds up to it exactly.

    Raises:
        UnusableRequest: A filter does not apply, or something is asked for that would be left out silently.
        Refused: The person may not see it.
        QueryTimeout: It took too long.
    """
    metric = books.catalogue.metric(reading.metrics[0] if reading.metrics else "net_sales")
    _require_plain(reading, metric, speech)
    name = capital(speech.metric(metric.name))
    if lacks := lacking.sentences((metric.name,), books, speech):
        return _only(metric, " ".join(lacks))
    if metric.kind != "period":
        return _only(metric, speech.say("drivers.not_explained", metric=name))
    now = reading.period or dates.named("yesterday", books.today)
    then = reading.compare_with or dates.previous(now)
    fair = pair(reading, explain.measures(metric, books.catalogue), now, then, books)
    task = Task(metric, reading, fair, books, speech)
    return _incomparable(task) or _explained(task)


def _require_plain(reading: Reading, metric: Metric, speech: Speech) -> None:
    """Let only pass what an explanation holds: splits that add up, and no conditions on rows."""
    unmet = [item.metric for item in reading.having]
    known = {*metric.dimensions, "weekday"}
    unmet += [name for name in reading.by if name not in known or not adds_up(metric, (name,))]
    if unmet:
        raise UnusableRequest(speech.say("drivers.cannot", what=speech.list([speech.dimension(u) for u in unmet])))


def _incomparable(task: Task) -> Findings | None:
    """What is said where one of the periods has nothing to compare."""
    first, then, speech = task.books.catalogue.first_date, task.periods.then, task.speech
    if task.periods.until_hour == 0 and task.periods.are_days:
        return _only(task.metric, speech.say("drivers.nothing_yet", day=speech.day(task.books.today)))
    if first is not None and then.last < first:
        text = speech.say("drivers.no_baseline", baseline=speech.period(then), first=speech.day(first))
        return _only(task.metric, text)
    return None


def _explained(task: Task) -> Findings:
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
        warnings=remarks.left_out(task, found, too_many, aside, now),
        assumptions=remarks.taken(task, found),
        suggestions=remarks.suggestions(task),
        page=remarks.page(task),
        compared_with=task.periods.then,
    )


def _hour(periods: Pair) -> tuple[float, ...]:
    """The hour that the text says, where days are cut."""
    return (float(periods.until_hour),) if periods.hours else ()


def _only(metric: Metric, text: str) -> Findings:
    return Findings(text=text, metrics=(metric.name,))


def _nothing(task: Task, found: Explanation) -> Findings:
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
    task: Task, found: Explanation, aside: Sequence[Beside], story: Story, measured: tuple[Measured, Measured]
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
        others = [
            *_beside(aside, found, story),
            *remarks.calendar(task, measured, story.facts),
            *(m for m in movers[1:] if m),
        ]
        sentences += others[: _MOST_SENTENCES - len(sentences)]
    return " ".join((*_premise(task, found, story), *sentences))


def _premise(task: Task, found: Explanation, story: Story) -> list[str]:
    """What is said where the change did not go the way that the question takes for granted."""
    wanted = task.reading.direction
    change = found.change
    if wanted is None or (change < 0 and wanted == "down") or (change > 0 and wanted == "up"):
        return []
    sentences = [task.speech.say(f"drivers.not_{wanted}")]
    if task.periods.are_days and (other := _against_day_before(task, story)):
        sentences.append(other)
    return sentences


def _against_day_before(task: Task, story: Story) -> str | None:
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
