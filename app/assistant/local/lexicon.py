"""The words of a language: phrases, and what each may stand for. Data only; `languages/<code>/lexicon.yaml` holds them.

A phrase is words with spaces between. A slot of it may be several words (`should i|we order`), and one that ends in `?`
may be missing (`out of the? stock`). A key names tags: `metric:net_sales`, `dimension:store`, `by:day`, `cue:why`,
`filter:weekday=Sat,Sun`, `number:3`, `harmless`; several tags in one key belong together (`cue:best cue:sell`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.assistant import languages
from app.assistant.question import read
from metrics import Catalogue

Tags = tuple[str, ...]
"""Tags that hold together."""

Phrase = tuple[str, ...]

HARMLESS: Final = "harmless"
_TWO_SLIPS: Final = 10
"""From this length on, two letters of a word may be wrong: shorter words with two others are often other words."""
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "à": "a", "é": "e", "è": "e", "ê": "e", "ç": "c"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the words of one language may mean in one catalogue.

    Attributes:
        language: Its code.
        phrases: Meanings by phrase, words folded.
        longest: Words of the longest phrase.
        vocabulary: Every word of every phrase, for words with typing errors.
        short_endings: Endings that are often written short, and in full.
        spellings: Words that are often misspelt, by how they are written; as many words as they are meant to be.
        content: Words that are part of a phrase which means something: a misspelt word may always stand for one.
    """

    language: str
    phrases: Mapping[Phrase, tuple[Tags, ...]]
    longest: int
    vocabulary: frozenset[str]
    content: frozenset[str]
    spellings: Mapping[Phrase, Phrase]
    short_endings: tuple[tuple[str, str], ...]

    def meanings(self, words: Phrase) -> tuple[Tags, ...]:
        """What a phrase may stand for; nothing where it is none."""
        return self.phrases.get(words, ())

    def corrected(self, word: str) -> str | None:
        """The one word of the language that a misspelt word is nearest to, if one is clearly near.

        One letter too many, too few, wrong or swapped in a word of five to nine letters, two in a longer one; in a
        shorter one only two swapped letters or a doubled one. A word that means nothing is only found by swapped
        letters, or in long words: else a word that means something might disappear.
        """
        if word in self.vocabulary or len(word) < 3 or not word.isalpha():
            return None
        for short, full in self.short_endings:
            if word.endswith(short) and (whole := word.removesuffix(short) + full) in self.vocabulary:
                return whole
        most = 1 if len(word) < _TWO_SLIPS else 2
        found = process.extract(word, self.vocabulary, scorer=OSA.distance, score_cutoff=most, limit=8)
        near = [(int(distance), known) for known, distance, _ in found if self._may_be(word, known, int(distance))]
        if not near:
            return None
        best = min(distance for distance, _ in near)
        nearest = sorted(known for distance, known in near if distance == best)
        doubled = [known for known in nearest if _without_doubles(known) == _without_doubles(word)]
        alone = [known for known in nearest if (known,) in self.phrases]
        nearest = doubled or alone or nearest
        return nearest[0] if len(nearest) == 1 or self._mean_the_same(nearest) else None

    def _may_be(self, word: str, known: str, distance: int) -> bool:
        if distance == 0 or len(known) < 3:
            return False
        if distance == 1 and sorted(word) == sorted(known):
            return True
        if known not in self.content:
            return len(known) >= 6 and distance == 1 and word[0] == known[0]
        if min(len(word), len(known)) < 5:
            return distance == 1 and _without_doubles(word) == _without_doubles(known)
        return word[0] == known[0] or (distance == 1 and len(word) >= 6)

    def _mean_the_same(self, words: list[str]) -> bool:
        return len({self.phrases.get((word,)) for word in words}) == 1 and (words[0],) in self.phrases


def _without_doubles(word: str) -> str:
    return "".join(letter for letter, _ in itertools.groupby(word))


def folded(word: str) -> str:
    """A word as phrases are looked up: German umlauts written out, other accents dropped."""
    return word.translate(_UMLAUTS)


@lru_cache(maxsize=16)
def _phrases(language: str) -> tuple[dict[Phrase, tuple[Tags, ...]], tuple[str, ...]]:
    content = languages.load(language, "lexicon")
    endings = tuple(content.get("plural_endings") or ())
    found: dict[Phrase, list[Tags]] = {}
    for key, written in content["phrases"].items():
        _add(found, tuple(key.split()), (phrase for text in written for phrase in expanded(str(text))), endings)
    return {phrase: tuple(tags) for phrase, tags in found.items()}, endings


def _add(found: dict[Phrase, list[Tags]], tags: Tags, phrases: Iterable[Phrase], endings: tuple[str, ...]) -> None:
    names_a_thing = tags[0].startswith("dimension:") and len(tags) == 1
    for phrase in phrases:
        plain = tuple(word.replace("'", "") for word in phrase)
        for form in _forms(phrase, endings) if names_a_thing else dict.fromkeys((phrase, plain)):
            meanings = found.setdefault(form, [])
            if tags not in meanings:
                meanings.append(tags)


def _forms(phrase: Phrase, endings: tuple[str, ...]) -> Iterable[Phrase]:
    """A phrase and its plurals, by the endings that the language's file gives."""
    yield phrase
    last = phrase[-1]
    for ending in endings:
        if not last.isalpha() or last.endswith(ending):
            continue
        if ending == "s" and last.endswith("y") and last[-2:-1] not in "aeiou":
            yield (*phrase[:-1], last[:-1] + "ies")
        else:
            yield (*phrase[:-1], last + ending)


def expanded(text: str) -> Iterable[Phrase]:
    """Every phrase that a pattern stands for."""
    slots = []
    for slot in text.split():
        is_optional = slot.endswith("?") and len(slot) > 1
        options = [_words(option) for option in (slot[:-1] if is_optional else slot).split("|")]
        slots.append([*options, ()] if is_optional else options)
    for chosen in itertools.product(*slots):
        phrase = tuple(itertools.chain.from_iterable(chosen))
        if phrase:
            yield phrase


@lru_cache(maxsize=4096)
def _words(text: str) -> Phrase:
    return tuple(folded(word.text) for word in read(text.replace("_", " ")).words)


def of(language: str, catalogue: Catalogue) -> Lexicon:
    """The lexicon of a language with the catalogue's own names, labels and synonyms in it, and the language's names."""
    return _lexicon(language, _own_words(language, catalogue))


def _is_known(tags: Tags, known: set[str]) -> bool:
    """Whether the catalogue has every metric and dimension that is meant."""
    times = {"dimension:weekday"}
    return all(tag in known or tag in times for tag in tags if tag.startswith(("metric:", "dimension:")))


def _own_words(language: str, catalogue: Catalogue) -> tuple[tuple[str, tuple[str, ...]], ...]:
    named = languages.load(language, "texts/names")
    metrics = [
        (f"metric:{metric.name}", (metric.name, metric.label, named.get(metric.name, metric.name), *metric.synonyms))
        for metric in catalogue.metrics.values()
    ]
    dimensions = [
        (f"dimension:{d.name}", (d.name, d.label, named.get(d.name, d.name))) for d in catalogue.dimensions.values()
    ]
    return (*metrics, *dimensions)


@lru_cache(maxsize=16)
def _lexicon(language: str, own: tuple[tuple[str, tuple[str, ...]], ...]) -> Lexicon:
    shared, endings = _phrases(language)
    known = {tag for tag, _ in own}
    found = {phrase: kept for phrase, tags in shared.items() if (kept := [t for t in tags if _is_known(t, known)])}
    for tag, names in own:
        for name in names:
            words = _words(name)
            if words and words not in shared:
                _add(found, (tag,), (words,), endings)
    phrases = {phrase: tuple(tags) for phrase, tags in found.items()}
    content = {
        word for phrase, tags in phrases.items() if not any(HARMLESS in meaning for meaning in tags) for word in phrase
    }
    harmless = {
        phrase[0]
        for phrase, tags in phrases.items()
        if any(HARMLESS in meaning for meaning in tags) and len(phrase) == 1
    }
    return Lexicon(
        language,
        phrases,
        max(len(phrase) for phrase in phrases),
        frozenset(word for phrase in phrases for word in phrase),
        frozenset(content - harmless),
        {_words(written): _words(meant) for written, meant in languages.load(language, "lexicon")["spellings"].items()},
        tuple((languages.load(language, "lexicon")["short_endings"]).items()),
    )
