"""The text that goes to a model with a question: what it may choose from, and the question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from app.assistant.model.menu import Menu
from app.assistant.question import Question
from app.assistant.reading import Period, Reading
from prompts import Prompt

_SYNONYMS: Final = 3


def message(prompt: Prompt, question: Question, menu: Menu, previous: Reading | None) -> str:
    """What is sent with a question. Its slots are filled once: what fills them is never read as a template."""
    return prompt.question.strip().format(
        today=f"{menu.catalogue.as_of:%a %Y-%m-%d}",
        metrics="; ".join(_metric(menu, name) for name in menu.metrics),
        splits=", ".join(menu.splits),
        details="".join(f"{line}\n" for line in _details(menu, previous)),
        question=question.text,
    )


def _metric(menu: Menu, name: str) -> str:
    synonyms = menu.catalogue.metrics[name].synonyms[:_SYNONYMS]
    return f"{name} ({', '.join(synonyms)})" if synonyms else name


def _details(menu: Menu, previous: Reading | None) -> Iterator[str]:
    if menu.values:
        offered = (
            f"{key} = {json.dumps(o.words, ensure_ascii=False)} ({o.dimension})" for key, o in menu.values.items()
        )
        yield f"values: {', '.join(offered)}"
    if menu.periods:
        named = (f"{json.dumps(words, ensure_ascii=False)} = {text_of(period)}" for words, period in menu.periods)
        yield f"periods: {', '.join(named)}"
    if menu.unknown:
        yield f"unknown words: {', '.join(menu.unknown)}"
    if previous is not None:
        yield f"plan of the question before, for one that goes on from it: {json.dumps(_plan(previous, menu))}"


def text_of(period: Period) -> str:
    """A period as a model writes it."""
    if period.name != "custom":
        return period.name
    return f"{period.first}" if period.first == period.last else f"{period.first}/{period.last}"


def _plan(reading: Reading, menu: Menu) -> dict[str, Any]:
    """A reading as a model would have planned it; its values go by the ids that they have in this question."""
    ids = [key for key, offered in menu.values.items() if set(offered.options) & set(reading.where)]
    plan = {
        "kind": reading.kind.value,
        "topic": reading.topic,
        "metrics": list(reading.metrics),
        "by": list(reading.by),
        "only": ids,
        "period": text_of(reading.period) if reading.period else None,
        "compare_with": text_of(reading.compare_with) if reading.compare_with else None,
        "order": reading.order,
        "limit": reading.limit,
    }
    return {name: value for name, value in plan.items() if value}
