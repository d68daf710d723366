"""Where no reading holds a question: what was not understood, and the nearest questions that can be asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from app.assistant.books import Books
from app.assistant.local import fitting
from app.assistant.local.describe import describe
from app.assistant.local.frames import attempts
from app.assistant.local.hints import hints
from app.assistant.local.hold import Context, merged
from app.assistant.local.pieces import PERIOD
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Choice, Kind, Reading, Refusal, Topic
from app.assistant.speech import Speech
from metrics import Filter
from metrics.catalogue import normalise

_MOST: Final = 4
_PRODUCT: Final = frozenset({"product", "category", "department", "brand", "supplier", "store"})


class Unanswered:
    """Makes clarifications and refusals for one question."""

    def __init__(self, sheet: Sheet, context: Context, books: Books, speech: Speech) -> None:
        self._sheet = sheet
        self._context = context
        self._books = books
        self._speech = speech

    def refused(self, refusal: Refusal, unmapped: tuple[str, ...] = ()) -> Reading:
        """A refusal, with the nearest things that can be asked where that is of use."""
        offered: Iterable[Reading] = ()
        match refusal:
            case Refusal.ACTION:
                offered = (Reading(kind=Kind.REORDER, where=self._goods()),)
            case Refusal.WORDS | Refusal.MISSING | Refusal.UNSUPPORTED:
                offered = self._nearest()
            case _:
                offered = ()
        supposes = refusal is Refusal.UNSUPPORTED and bool(self._sheet.cue("what_if"))
        unclear = "what_if" if supposes else None
        choices = self._choices(offered)
        return Reading(kind=Kind.REFUSE, refusal=refusal, unmapped=unmapped, unclear=unclear, choices=choices)

    def choose(self, readings: Iterable[Reading], unclear: str | None, unmapped: tuple[str, ...] = ()) -> Reading:
        """A clarification between readings; a refusal where none of them can be computed."""
        choices = self._choices(readings)
        if not choices:
            return self.refused(Refusal.UNSUPPORTED, unmapped)
        return Reading(kind=Kind.CLARIFY, unclear=unclear, unmapped=unmapped, choices=choices)

    def fitting(self, reading: Reading) -> Reading:
        """The reading, if the metrics can be split and held as it says; else a refusal with what comes nearest."""
        if self._sheet.cue("cost_price") and not self._books.tells_money:
            return self.refused(Refusal.ROLE)
        catalogue = self._context.catalogue
        wrong = fitting.misfit(reading, catalogue)
        if not wrong:
            return reading
        near = fitting.nearest(reading, wrong, catalogue)
        if wrong == ("before",):
            return self.refused(Refusal.MISSING)
        names = tuple(self._speech.dimension(name) for name in wrong if name not in {"period", "share"})
        return Reading(
            kind=Kind.REFUSE,
            refusal=Refusal.UNSUPPORTED,
            metrics=reading.metrics,
            unclear=", ".join(names) or None,
            choices=self._choices(near),
        )

    def other_meaning(self, reading: Reading) -> Reading | None:
        """What else a question may mean that a reading holds wholly: "what is gross margin", "orders from Globex"."""
        sheet = self._sheet
        if sheet.cue("orders") and any(item.dimension == "supplier" for item in reading.where):
            return Reading(kind=Kind.LOOKUP, topic=Topic.DELIVERIES, where=reading.where)
        if reading.kind is Kind.METRIC and self._is_a_name_alone() and sheet.cue("what") and not sheet.cue("ours"):
            return Reading(kind=Kind.LOOKUP, topic=Topic.DEFINITION, metrics=reading.metrics[:1])
        return None

    def _is_a_name_alone(self) -> bool:
        """Whether nothing but the name of a metric is asked for: what it is, or how much it is?"""
        said = [piece for piece in self._sheet.pieces if not piece.is_harmless]
        if len(said) != 1 or (name := said[0].named("metric:")) is None:
            return False
        metric = self._context.catalogue.metrics[name]
        return normalise(said[0].text) in {normalise(word) for word in (metric.label, metric.name, *metric.synonyms)}

    def statement(self) -> Reading:
        """What is said of SQL."""
        return Reading(kind=Kind.REFUSE, refusal=Refusal.UNSUPPORTED, unclear="SQL")

    def not_understood(self) -> Reading:
        """What is said of a question that no reading holds."""
        unknown = tuple(piece.text for piece in self._sheet.pieces if piece.is_unknown)
        wrong_dates = tuple(
            self._sheet.pieces[item.at].text for item in self._sheet.periods if item.span.problem is not None
        )
        if unknown or wrong_dates:
            return self.refused(Refusal.WORDS, (*unknown, *wrong_dates)[:12])
        if (store := self._unknown_store()) is not None:
            return self.refused(Refusal.WORDS, (store,))
        near = list(self._nearest())
        return self.choose(near, None, self._unheld()[:12])

    def _unknown_store(self) -> str | None:
        """A store that is named by a number which no store has."""
        pieces = self._sheet.pieces
        pairs = itertools.pairwise(pieces)
        texts = (
            f"{first.text} {second.text}"
            for first, second in pairs
            if first.has("dimension:store") and second.number is not None and not second.has(PERIOD)
        )
        return next(texts, None)

    def _unheld(self) -> tuple[str, ...]:
        """The words that the nearest reading leaves over."""
        left = [self._sheet.left(item.uses) for item in attempts(self._sheet, self._context)]
        fewest = min(left, key=len, default=())
        return tuple(self._sheet.pieces[at].text for at in fewest)

    def _nearest(self) -> Iterator[Reading]:
        """Readings of what was understood, those that leave least over first; headline questions where nothing was."""
        known = self._without_unknown()
        if self._unknown_store() is not None:
            yield Reading(kind=Kind.LOOKUP, topic=Topic.STORES)
            return
        yield from hints(known, self._context)
        found = sorted(attempts(known, self._context), key=lambda item: len(known.left(item.uses)))
        yield from (item.reading for item in found[:3])
        if not found:
            yield from self._about_things(known)

    def _without_unknown(self) -> Sheet:
        return replace(self._sheet, periods=tuple(p for p in self._sheet.periods if p.span.problem is None))

    def _about_things(self, sheet: Sheet) -> Iterator[Reading]:
        """What is mostly asked about the things that are named, or at all."""
        where = tuple(item for item in merged(sheet.filters) if item.dimension in _PRODUCT)
        dated = [item.span.period for item in sheet.periods if item.span.period and not item.span.is_future]
        period = dated[0] if len(dated) == 1 else self._context.named("last_28_days")
        if where:
            yield Reading(kind=Kind.METRIC, metrics=("net_sales",), where=where, period=period)
            yield Reading(kind=Kind.METRIC, metrics=("units_sold",), where=where, period=period)
            yield Reading(kind=Kind.METRIC, metrics=("on_hand",), where=where)
            return
        sold = {"metrics": ("units_sold", "net_sales"), "by": ("product",), "order": "largest", "limit": 10}
        period = dated[0] if len(dated) == 1 else self._context.named("this_week")
        yield Reading.model_validate({"kind": Kind.METRIC, "period": period, **sold})
        yield Reading(kind=Kind.DIGEST, period=self._context.named("today"))
        yield Reading(kind=Kind.STOCKOUT, topic=Topic.RISK, period=self._context.named("next_14_days"))

    def _goods(self) -> tuple[Filter, ...]:
        where = merged(self._sheet.filters)
        return tuple(item for item in where if item.dimension in _PRODUCT)

    def _choices(self, readings: Iterable[Reading]) -> tuple[Choice, ...]:
        """Readings that can be computed for this person, once each."""
        found: dict[str, Choice] = {}
        for reading in readings:
            if fitting.misfit(reading, self._context.catalogue) or not self._may_see(reading):
                continue
            label = describe(reading, self._speech)
            found.setdefault(label, Choice(label=label, reading=reading))
            if len(found) == _MOST:
                break
        return tuple(found.values())

    def _may_see(self, reading: Reading) -> bool:
        catalogue = self._context.catalogue
        return self._books.tells_money or not any(catalogue.metrics[name].is_sensitive for name in reading.metrics)
