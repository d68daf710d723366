"""Phrases that every kind of answer shares: when, where, which rows, and how many of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.assistant.reading import Period
from app.assistant.speech import Speech
from metrics import Filter
from metrics.result import Row

_COUNTED: Final = re.compile(r"(last|next)_(\d+)_(days|weeks|months)")
_OPERATORS: Final = {
    "=": "is", "in": "is", "!=": "is_not", "<": "below", "<=": "at_most", ">": "above", ">=": "at_least",
    "like": "like",
}  # fmt: skip


def when(period: Period | None, speech: Speech) -> str:
    """A period as it stands in a sentence, with its dates: `this week (16 – 19 Nov 2026)`. A metric of now: `now`."""
    if period is None:
        return speech.say("period.now")
    dates = speech.period(period)
    if (named := period_name(period, speech)) is not None:
        return speech.say("period.named", name=named, dates=dates)
    return speech.say("period.single_day" if period.first == period.last else "period.within", dates=dates)


def period_name(period: Period, speech: Speech) -> str | None:
    """The words for a period without its dates, such as `this week`; none where it has only dates."""
    if counted := _COUNTED.fullmatch(period.name):
        return speech.say(f"period.{counted[1]}_{counted[3]}", count=speech.number(int(counted[2])))
    return speech.say(f"period.{period.name}") if speech.knows(f"period.{period.name}") else None


def scope(where: Sequence[Filter], speech: Speech) -> str:
    """The comparisons of a question, with a space in front: ` for store Lakeview and brand Aro`; empty for none."""
    if not where:
        return ""
    return " " + speech.say("scope.all", conditions=conditions_in_words(where, speech))


def conditions_in_words(where: Sequence[Filter], speech: Speech) -> str:
    """Comparisons in one breath: `store Lakeview and category Dairy`."""
    return speech.list([condition(item, speech) for item in where])


def condition(item: Filter, speech: Speech) -> str:
    """One comparison in words."""
    values = [speech.cell(item.dimension, value) for value in item.values]
    shown = speech.either(values)
    return speech.say(f"scope.{_OPERATORS[item.operator]}", dimension=speech.dimension(item.dimension), values=shown)


def place(row: Row, splits: Sequence[str], speech: Speech) -> str:
    """Which row it is: its values of the splits in order."""
    return ", ".join(speech.cell(name, row[name]) for name in splits)
