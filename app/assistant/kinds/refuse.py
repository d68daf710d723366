"""No answer, and why; with the page that can help and the nearest questions that can be asked."""

from __future__ import annotations

from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Findings, PageLink
from app.assistant.local.fitting import splits_of
from app.assistant.reading import Reading, Refusal
from app.assistant.speech import Speech

_WORDS_SHOWN: Final = 5
_PAGES: Final = {"SQL": "analyst", "what_if": "forecast"}
"""Where a person finds what the assistant does not do."""


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Say why there is no answer."""
    suggestions = tuple(choice.label for choice in reading.choices)
    text = _text(reading, books, speech)
    if suggestions:
        text = f"{text} {speech.say('refuse.nearest')}"
    return Findings(text=text, suggestions=suggestions, choices=reading.choices, page=_page(reading))


def _text(reading: Reading, books: Books, speech: Speech) -> str:
    refusal = reading.refusal or Refusal.UNSUPPORTED
    if refusal is Refusal.WORDS and reading.unmapped:
        shown = [speech.say("refuse.word", word=speech.text(word)) for word in reading.unmapped[:_WORDS_SHOWN]]
        return speech.say("refuse.words", words=speech.list(shown))
    if refusal is Refusal.UNSUPPORTED and reading.metrics:
        return _misfit(reading, books, speech)
    if refusal is Refusal.UNSUPPORTED and reading.unclear == "SQL":
        return speech.say("refuse.sql")
    if refusal is Refusal.UNSUPPORTED and reading.unclear == "what_if":
        return speech.say("refuse.what_if")
    return speech.say(f"refuse.{refusal}" if refusal is not Refusal.WORDS else "refuse.unsupported")


def _misfit(reading: Reading, books: Books, speech: Speech) -> str:
    """What a metric cannot be split by, and what it can."""
    metric = speech.list([speech.title(name) for name in reading.metrics])
    if reading.unclear is None:
        has_history = all(books.catalogue.metrics[name].has_history for name in reading.metrics)
        return speech.say("refuse.unsupported") if has_history else speech.say("refuse.now", metric=metric)
    splits = speech.list([speech.dimension(name) for name in splits_of(reading, books.catalogue)])
    return speech.say("refuse.split", metric=metric, names=reading.unclear, splits=splits)


def _page(reading: Reading) -> PageLink | None:
    """Where a person does what the assistant does not."""
    if reading.refusal is Refusal.ACTION:
        return PageLink("reorder")
    return PageLink(_PAGES[reading.unclear]) if reading.unclear in _PAGES else None
