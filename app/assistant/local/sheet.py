"""What a question speaks of: its pieces put together into metrics, splits, filters, ranks, conditions and periods.

Everything remembers which tags of which pieces it stands for. Whoever makes a reading of it says which of these it
holds, and what is left over was not understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.assistant.dates import PeriodSpan
from app.assistant.local import conditions, naming
from app.assistant.local.pieces import Piece

Use = tuple[int, str]
"""A piece by its position, and the tag that is used of it."""

Uses = frozenset[Use]
How = Literal["by", "which", "bare"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A metric or dimension that is named, at a piece. `is_ranking` tells a metric after "by"."""

    name: str
    at: int
    uses: Uses
    is_ranking: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """A dimension or grain to split by, and how that was said: "by store", "which store", or "store" alone."""

    name: str
    how: How
    at: int
    uses: Uses


@dataclass(frozen=True, slots=True)
class Rank:
    """Largest or smallest first, and how many where that was said."""

    order: Literal["largest", "smallest"]
    limit: int | None
    at: int
    uses: Uses


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A period that is named, at a piece."""

    span: PeriodSpan
    at: int
    uses: Uses


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a question speaks of.

    Attributes:
        pieces: The question, cut.
        metrics: Metrics that are named, apart from those of conditions.
        splits: What to split by.
        filters: What is held to values.
        ranks: Best, worst, top 5.
        conditions: More than 100 units.
        periods: When.
    """

    pieces: tuple[Piece, ...]
    metrics: tuple[Mention, ...]
    splits: tuple[Split, ...]
    filters: tuple[naming.FilterMention, ...]
    ranks: tuple[Rank, ...]
    conditions: tuple[conditions.Condition, ...]
    periods: tuple[PeriodMention, ...]

    def cue(self, name: str) -> Uses:
        """Where a cue stands; empty where it does not."""
        tag = f"cue:{name}"
        return frozenset((at, tag) for at, piece in enumerate(self.pieces) if piece.has(tag))

    def strong(self, *names: str) -> bool:
        """Whether one of these cues stands in words that mean something by themselves: no "with", German "zu"."""
        tags = [f"cue:{name}" for name in names]
        return any(piece.has(tag) for piece in self.pieces if not _is_small(piece) for tag in tags)

    def after(self, at: int) -> int | None:
        """The next piece that may change the question."""
        return after(self.pieces, at)

    def left(self, uses: Uses) -> tuple[int, ...]:
        """Pieces that somebody who uses these does not account for."""
        return tuple(at for at in range(len(self.pieces)) if not self._is_held(at, uses))

    def _is_held(self, at: int, uses: Uses) -> bool:
        piece = self.pieces[at]
        if piece.is_harmless or any(all((at, tag) in uses for tag in tags) for tags in piece.meanings):
            return True
        if piece.has("joined"):
            beside = (before(self.pieces, at), self.after(at))
            return all(place is not None and self._is_named(place, uses) for place in beside)
        if piece.has("with"):
            following = self.after(at)
            is_bare_metric = following is not None and self._is_bare_metric(following)
            if following is None or is_bare_metric or self.pieces[following].has("and"):
                return False
            return self._is_held(following, uses)
        if piece.has("only") and self._is_limited(at, uses):
            return True
        if piece.has("only") or piece.has("prep"):
            following = self.after(at)
            if following is None:
                return piece.has("prep")
            return self._is_thing(following, uses)
        return piece.has("and") and 0 < at < len(self.pieces) - 1

    def _is_bare_metric(self, at: int) -> bool:
        """Whether a piece only names a metric beside a verb of its own: "what sold with a discount"."""
        sells = self.cue("sell") and not self.cue("why")
        return bool(sells) and any(mention.at == at for mention in self.metrics) and not self._ranks(at)

    def _ranks(self, at: int) -> bool:
        return self.pieces[at].has("cue:best") or self.pieces[at].has("cue:worst")

    def _is_limited(self, at: int, uses: Uses) -> bool:
        """Whether "only" stands before a rank or after a name: "only the top three", "Lakeview only"."""
        following, earlier = self.after(at), before(self.pieces, at)
        if following is not None:
            return self._ranks(following) and self._is_held(following, uses)
        return earlier is not None and bool(self.pieces[earlier].value) and self._is_thing(earlier, uses)

    def _is_named(self, at: int, uses: Uses) -> bool:
        """Whether a piece is a metric, or a thing that is accounted for."""
        metric = self.pieces[at].named("metric:")
        return self._is_thing(at, uses) or (at, f"metric:{metric}") in uses

    def _is_thing(self, at: int, uses: Uses) -> bool:
        """Whether a piece is a name, a period or a dimension that is accounted for."""
        piece = self.pieces[at]
        if piece.has("prep") or piece.has("only"):
            return self._is_held(at, uses)
        of_things = ("dimension:", "grain:", "filter:")
        is_thing = piece.period or piece.value or any(piece.named(prefix) for prefix in of_things)
        return bool(is_thing) and any((at, tag) in uses for tags in piece.meanings for tag in tags)


def _is_small(piece: Piece) -> bool:
    return piece.is_harmless or piece.has("with")


def after(pieces: tuple[Piece, ...], at: int, skip: frozenset[str] = frozenset()) -> int | None:
    """The next piece that is not harmless and has none of these tags."""
    return _next(pieces, range(at + 1, len(pieces)), skip)


def before(pieces: tuple[Piece, ...], at: int, skip: frozenset[str] = frozenset()) -> int | None:
    """The last piece before that is not harmless and has none of these tags."""
    return _next(pieces, range(at - 1, -1, -1), skip)


def _next(pieces: tuple[Piece, ...], positions: range, skip: frozenset[str]) -> int | None:
    passable = (p for p in positions if not pieces[p].is_harmless and not any(pieces[p].has(tag) for tag in skip))
    return next(passable, None)
