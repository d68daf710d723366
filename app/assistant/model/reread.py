"""A question with words that the lexicon knows in place of those that a model explained."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.assistant.model.menu import INTENTS
from app.assistant.model.request import Meaning
from app.assistant.question import LONGEST, Question, read
from app.assistant.speech import Speech
from metrics import Catalogue


def explained(question: Question, meanings: tuple[Meaning, ...], catalogue: Catalogue, speech: Speech) -> Question:
    """The question with each explained word replaced. As it was where that would make it too long."""
    words = {meaning.word.casefold(): _word_for(meaning.stands_for, catalogue, speech) for meaning in meanings}
    text = _replaced(question.text, words)
    return read(text) if len(text) <= LONGEST else question


def _word_for(element: str, catalogue: Catalogue, speech: Speech) -> str:
    if element in INTENTS:
        return speech.say(f"model.word_{element}")
    known = catalogue.metrics.get(element) or catalogue.dimensions.get(element)
    return known.label.lower() if known else speech.dimension(element)


def _replaced(text: str, words: Mapping[str, str]) -> str:
    if not words:
        return text
    longest_first = sorted(words, key=len, reverse=True)
    pattern = rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)"
    return re.sub(pattern, lambda found: words.get(found[1].casefold(), found[1]), text, flags=re.IGNORECASE)
