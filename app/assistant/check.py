"""Stage 7: what must be said beside an answer before anybody reads it."""

from __future__ import annotations

from dataclasses import replace

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.reading import Reading
from app.assistant.speech import Speech


def look_over(reading: Reading, findings: Findings, books: Books, speech: Speech) -> Findings:
    """The findings with everything said that belongs beside them."""
    taken = tuple(speech.say(key) for key in reading.assumptions)
    return replace(findings, assumptions=(*findings.assumptions, *taken))
