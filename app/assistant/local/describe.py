"""A reading as a question that says it in full, in words which the local planner reads as that reading again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.assistant import dates
from app.assistant.measure.ratio import label_of
from app.assistant.reading import Derived, Kind, Period, Reading
from app.assistant.speech import Speech
from metrics import Filter

_SPOKEN = {Derived.SHARE: "share", Derived.AVERAGE: "average"}
_OPERATORS = {"!=": "is_not", "<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "like": "like"}


def describe(reading: Reading, speech: Speech) -> str:
    """A reading in one line: `Units sold by product, top 10, this week, store Lakeview`."""
    parts = [_head(reading, speech), *_tail(reading, speech)]
    text = ", ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def _head(reading: Reading, speech: Speech) -> str:
    match reading.kind:
        case Kind.METRIC:
            return _numbers(reading, speech)
        case Kind.COMPARE:
            return speech.say("reading.compare", what=_numbers(reading, speech))
        case Kind.DRIVERS:
            key = f"reading.drivers_{reading.direction}" if reading.direction else "reading.drivers"
            return speech.say(key, metric=speech.metric(reading.metrics[0]))
        case Kind.LOOKUP if reading.metrics:
            return speech.say("reading.definition", metric=speech.metric(reading.metrics[0]))
        case Kind.CLARIFY | Kind.REFUSE:
            return speech.say(f"reading.{reading.kind}")
        case _:
            return speech.say(f"reading.{reading.kind}_{reading.topic}" if reading.topic else f"reading.{reading.kind}")


def _numbers(reading: Reading, speech: Speech) -> str:
    names = speech.list([speech.metric(name) for name in reading.metrics])
    if reading.kind is Kind.METRIC and Derived.RATIO in reading.derived and len(reading.metrics) > 1:
        names = label_of(*reading.metrics[:2], speech=speech)
    for derived, key in _SPOKEN.items():
        if derived in reading.derived:
            names = speech.say(f"reading.{key}", metric=names)
    if reading.by:
        names = speech.say("reading.by", what=names, splits=speech.list([speech.dimension(d) for d in reading.by]))
    return names


def _tail(reading: Reading, speech: Speech) -> Iterator[str]:
    if reading.order is not None:
        key = f"reading.{reading.order}" + ("" if reading.limit is None else "_few")
        yield speech.say(key, count=reading.limit)
    elif reading.limit is not None:
        yield speech.say("reading.largest_few", count=reading.limit)
    for item in reading.having:
        unit = _unit(item.metric, item.value, speech)
        yield speech.say(f"reading.{_OPERATORS.get(item.operator, 'is')}", name=speech.metric(item.metric), values=unit)
    for comparison in reading.where:
        yield condition(comparison, speech)
    if reading.period is not None and reading.compare_with is not None:
        second = other(reading.period, reading.compare_with, speech)
        yield speech.say("reading.against", period=when(reading.period, speech), other=second)
    elif reading.period is not None:
        yield when(reading.period, speech)


def _unit(metric: str, value: float, speech: Speech) -> str:
    return speech.percent(value) if speech.unit(metric) == "ratio" else f"{value:g}"


def condition(item: Filter, speech: Speech) -> str:
    """A filter in words: `store Lakeview`, `category Dairy or Bakery`, `without promotion Dairy week`."""
    names = [speech.cell(item.dimension, value) for value in item.values]
    values = names[0] if len(names) == 1 else speech.say("reading.or", first=", ".join(names[:-1]), last=names[-1])
    key = f"reading.{_OPERATORS.get(item.operator, 'is')}"
    return speech.say(key, name=speech.dimension(item.dimension), values=values)


def other(period: Period, compared: Period, speech: Speech) -> str:
    """What a period is compared with: by what it is to the first one, by its name, or by its days."""
    for key, rule in (("previous", dates.previous), ("year_before", dates.year_before)):
        usual = rule(period)
        if compared.name == "custom" and (usual.first, usual.last) == (compared.first, compared.last):
            return speech.say(f"reading.{key}")
    return when(compared, speech)


def when(period: Period, speech: Speech) -> str:
    """A period by its name where it has one, else by its days."""
    key, _, rest = period.name.partition("_")
    counted = rest.split("_")
    if key in {"last", "next"} and len(counted) == 2 and counted[0].isdigit():
        return speech.say(f"period.{key}_{counted[1]}", count=counted[0])
    if speech.knows(f"period.{period.name}"):
        return speech.say(f"period.{period.name}")
    return days(period.first, period.last, speech)


def days(first: object, last: object, speech: Speech) -> str:
    """Days as the date grammar reads them in every language."""
    return f"{first}" if first == last else speech.say("reading.days", first=first, last=last)


def labels(readings: Sequence[Reading], speech: Speech) -> tuple[str, ...]:
    """Several readings as questions."""
    return tuple(describe(reading, speech) for reading in readings)
