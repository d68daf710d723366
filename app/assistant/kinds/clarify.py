"""A question that can be read in several ways: which of them is meant."""

from __future__ import annotations

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.reading import Reading
from app.assistant.speech import Speech


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:  # noqa: ARG001  every kind is asked alike
    """Say what is unclear and offer the readings."""
    return Findings(text=_text(reading, speech), choices=reading.choices)


def _text(reading: Reading, speech: Speech) -> str:
    if reading.unclear is not None:
        return speech.say("clarify.which", unclear=speech.text(reading.unclear))
    if reading.unmapped:
        words = [speech.say("clarify.word", word=speech.text(word)) for word in reading.unmapped]
        return speech.say("clarify.left", words=speech.list(words))
    return speech.say("clarify.unsure")
