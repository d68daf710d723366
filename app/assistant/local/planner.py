"""The local planner: lexicon, date grammar and names fill frames; what no frame holds is asked about, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from app.assistant import dates, languages
from app.assistant.books import Books
from app.assistant.local import beyond, cutting, followups, lexicon, naming, refusals
from app.assistant.local.frames import attempts
from app.assistant.local.hold import Context
from app.assistant.local.laying import lay_out
from app.assistant.local.nearest import Unanswered
from app.assistant.local.pieces import Piece
from app.assistant.local.sheet import PeriodMention, Sheet
from app.assistant.planner import Planned
from app.assistant.question import Question
from app.assistant.reading import Kind, Reading, Refusal, Topic
from app.assistant.speech import Speech
from retail.workspace import Workspace

_MOST_VARIANTS: Final = 4

_SUBJECTS: Final = (
    *("sell", "take", "run_out", "out", "reorder", "slow", "unsold", "summarise", "summarise_day", "why"),
    *("price", "supplier_of", "lead_time", "forecast", "will_sell", "promotions", "deliveries", "meaning"),
    *("freshness", "stores", "abilities"),
)
"""Cues that tell what sort of question it is by themselves."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A question in one language."""

    language: str
    pieces: tuple[Piece, ...]

    @property
    def unknown(self) -> int:
        """Words that stand for nothing, and, far less, words that were put right."""
        return sum(10 for piece in self.pieces if piece.is_unknown) + sum(1 for piece in self.pieces if piece.corrected)


class LocalPlanner:
    """Reads questions with what the languages' files say. No network, no numbers, the same answer every time."""

    def plan(self, question: Question, books: Books, previous: Reading | None, language: str | None) -> Planned:
        """Read a question; see `Planner`."""
        heard = self._hear(question, books, language)
        context = Context(books.catalogue, books.today, _is_day_over(books), previous)
        sheet = lay_out(heard.pieces)
        speech = Speech(heard.language, books.catalogue)
        reading = self._read(sheet, context, Unanswered(sheet, context, books, speech))
        return Planned(reading, heard.language, "local", notes=_spelling(heard.pieces, reading, speech))

    def sheet(self, question: Question, books: Books, language: str | None) -> Sheet:
        """What a question speaks of, in the language that knows most of its words."""
        return lay_out(self._hear(question, books, language).pieces)

    def _hear(self, question: Question, books: Books, language: str | None) -> _Heard:
        """The question in the language that knows most of its words; the conversation's one where several do."""
        names = books.metrics.values(books.principal)
        over = _is_day_over(books)
        heard = []
        for code in languages.codes():
            words = lexicon.of(code, books.catalogue)
            spelt = _respelt(question, words)
            plain = _without_possessives(spelt)
            periods = dates.find(plain, books.today, over, code, books.catalogue.first_date)
            heard.append(_Heard(code, cutting.cut(spelt, words, periods, names)))
        return min(heard, key=lambda item: (item.unknown, item.language != language))

    def _read(self, sheet: Sheet, context: Context, unanswered: Unanswered) -> Reading:
        if refusals.is_sql(sheet):
            return unanswered.statement()
        if (refusal := refusals.at_once(sheet)) is not None:
            return unanswered.refused(refusal)
        if beyond.holds(sheet):
            return unanswered.refused(Refusal.UNSUPPORTED)
        variants = list(_variants(sheet))
        if len(variants) == 1:
            return self._one(sheet, context, unanswered)
        found = [reading for variant in variants if (reading := _reading(variant, context)) is not None]
        distinct = tuple(dict.fromkeys(found))
        if len(distinct) > 1:
            return unanswered.choose(distinct, _unclear(sheet))
        return self._one(variants[0], context, unanswered) if not distinct else unanswered.fitting(distinct[0])

    def _one(self, sheet: Sheet, context: Context, unanswered: Unanswered) -> Reading:
        reading = _reading(sheet, context)
        if reading is not None:
            if (name := naming.doubtful(sheet.pieces, sheet.filters)) is not None:
                return unanswered.choose((reading,), name)
            other = unanswered.other_meaning(reading)
            return unanswered.fitting(reading) if other is None else unanswered.choose((other, reading), None)
        if (refusal := refusals.afterwards(sheet)) is not None:
            return unanswered.refused(refusal)
        if sheet.cue("greeting") and all(piece.is_harmless for piece in sheet.pieces):
            return Reading(kind=Kind.LOOKUP, topic=Topic.ABILITIES)
        return unanswered.not_understood()


def _respelt(question: Question, words: lexicon.Lexicon) -> Question:
    """The question with what is often misspelt as it is meant, word for word."""
    texts = [word.text for word in question.words]
    for at in range(len(texts)):
        for length in (2, 1):
            meant = words.spellings.get(tuple(texts[at : at + length]))
            texts[at : at + length] = meant or texts[at : at + length]
    changed = (replace(word, text=text) for word, text in zip(question.words, texts, strict=True))
    return replace(question, words=tuple(changed))


def _without_possessives(question: Question) -> Question:
    """The question with "today's" as "today", as the date grammar knows it."""
    words = tuple(replace(word, text=word.text.removesuffix("'s")) for word in question.words)
    return replace(question, words=words)


def _reading(sheet: Sheet, context: Context) -> Reading | None:
    """The reading that holds everything the question says; none where no one does."""
    if any(mention.span.problem is not None for mention in sheet.periods):
        return None
    goes_on = context.previous is not None and (followups.is_marked(sheet) or _is_fragment(sheet))
    if goes_on and (edited := followups.edit(sheet, context)) is not None and not sheet.left(edited.uses):
        return edited.reading
    complete = next((item for item in attempts(sheet, context) if not sheet.left(item.uses)), None)
    if complete is not None:
        return complete.reading
    edited = followups.edit(sheet, context)
    if edited is not None and not sheet.left(edited.uses):
        return edited.reading
    return None


def _is_fragment(sheet: Sheet) -> bool:
    """Whether a question has no subject of its own: no word of a sort of question, and no metric but one alone."""
    if any(sheet.cue(name) for name in _SUBJECTS):
        return False
    return not sheet.metrics or not (sheet.periods or sheet.splits or sheet.filters or sheet.ranks or sheet.conditions)


def _variants(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet in every way in which a name or a date of it may be meant, a few at most; one where all is clear."""
    for at, mention in enumerate(sheet.filters):
        if len(mention.options) > 1:
            for option in mention.options[:_MOST_VARIANTS]:
                changed = replace(mention, options=(option,))
                yield replace(sheet, filters=(*sheet.filters[:at], changed, *sheet.filters[at + 1 :]))
            return
    for at, period in enumerate(sheet.periods):
        if period.span.candidates:
            for candidate in period.span.candidates:
                span = replace(period.span, period=candidate, problem=None, candidates=())
                settled = PeriodMention(span, period.at, period.uses)
                yield replace(sheet, periods=(*sheet.periods[:at], settled, *sheet.periods[at + 1 :]))
            return
    yield sheet


def _unclear(sheet: Sheet) -> str:
    named = [mention.text for mention in sheet.filters if len(mention.options) > 1]
    dated = [sheet.pieces[mention.at].text for mention in sheet.periods if mention.span.candidates]
    return (named or dated)[0]


def _spelling(found: tuple[Piece, ...], reading: Reading, speech: Speech) -> tuple[str, ...]:
    """What was read in place of misspelt words, so that nobody is misled."""
    if reading.kind is Kind.REFUSE and reading.refusal is not Refusal.UNSUPPORTED:
        return ()
    return tuple(
        speech.say("clarify.corrected", written=speech.text(piece.text), meant=speech.text(piece.corrected))
        for piece in found
        if piece.corrected and piece.corrected.casefold() != piece.text.casefold() and not _has_choices(piece)
    )


def _has_choices(piece: Piece) -> bool:
    """Whether words may name several things: then nothing was read in their place."""
    return piece.value is not None and piece.value.total > 1


def _is_day_over(books: Books) -> bool:
    """Whether the business day that counts as today was over at the moment of the run."""
    return books.now.astimezone(ZoneInfo(_zone(books.workspace))).date() > books.today


@lru_cache(maxsize=16)
def _zone(workspace: Workspace) -> str:
    return workspace.describe().default_time_zone
