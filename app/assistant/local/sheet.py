"""What a question speaks of: its pieces put together into metrics, splits, filters, ranks, conditions and periods.

Everything remembers which tags of which pieces it stands for. Whoever makes a reading of it says which of these it
holds, and what is left over was not understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from app.assistant.dates import PeriodSpan
from app.assistant.local import conditions, naming
from app.assistant.local.pieces import PERIOD, Piece
from metrics.catalogue import GRAINS

Use = tuple[int, str]
"""A piece by its position, and the tag that is used of it."""

Uses = frozenset[Use]
How = Literal["by", "which", "bare"]

_SPLITS: Final = (*GRAINS, "weekday")


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
            return following is not None and self._is_held(following, uses)
        if piece.has("only") or piece.has("prep"):
            following = self.after(at)
            if following is None:
                return piece.has("prep")
            return self._is_thing(following, uses)
        return piece.has("and") and 0 < at < len(self.pieces) - 1

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


def lay_out(pieces: tuple[Piece, ...]) -> Sheet:
    """Put pieces together."""
    compared = conditions.find(pieces)
    taken = {use for item in compared for use in item.uses}
    ranks = tuple(_ranks(pieces, taken))
    filters = naming.find(pieces)
    splits = tuple(_splits(pieces, {at for item in filters for at, _ in item.uses}))
    return Sheet(
        pieces=pieces,
        metrics=tuple(_metrics(pieces, taken)),
        splits=splits,
        filters=filters,
        ranks=ranks,
        conditions=compared,
        periods=tuple(_periods(pieces)),
    )


def _metrics(pieces: tuple[Piece, ...], taken: set[Use]) -> Iterator[Mention]:
    for at, piece in enumerate(pieces):
        name = piece.named("metric:")
        if name is None or (at, f"metric:{name}") in taken or _is_sentence(pieces, at):
            continue
        marker = before(pieces, at)
        is_ranking = marker is not None and pieces[marker].has("cue:rank_by")
        uses = {(at, f"metric:{name}")} | ({(marker, "cue:rank_by")} if is_ranking and marker is not None else set())
        yield Mention(name, at, frozenset(uses), is_ranking)


def _is_sentence(pieces: tuple[Piece, ...], at: int) -> bool:
    """Whether words such as "items sold" are no name but part of a sentence: "which items sold best"."""
    if not (pieces[at].has("dimension:product") and pieces[at].has("cue:sell")):
        return False
    counts = at > 0 and pieces[at - 1].has("cue:how_many")
    return not counts and any(p.has("cue:which") or p.has("cue:best") or p.has("cue:worst") for p in pieces)


def _ranks(pieces: tuple[Piece, ...], taken: set[Use]) -> Iterator[Rank]:
    orders: tuple[tuple[str, Literal["largest", "smallest"]], ...] = (("best", "largest"), ("worst", "smallest"))
    for at, piece in enumerate(pieces):
        for cue, order in orders:
            if not piece.has(f"cue:{cue}"):
                continue
            number = _number_of(pieces, at, taken)
            uses: set[Use] = {(at, f"cue:{cue}")} | ({(number, "number")} if number is not None else set())
            limit = None if number is None else int(pieces[number].number or 0)
            yield Rank(order, limit, at, frozenset(uses))


def _number_of(pieces: tuple[Piece, ...], at: int, taken: set[Use]) -> int | None:
    """How many are wanted: the number beside the rank ("top 5"), else one before a dimension ("the 5 stores")."""
    beside = [p for p in (at + 1, at - 1) if 0 <= p < len(pieces)]
    before_things = [p for p in range(len(pieces) - 1) if pieces[p + 1].named("dimension:")]
    return next((p for p in (*beside, *before_things) if _counts(pieces, p, taken)), None)


def _counts(pieces: tuple[Piece, ...], at: int, taken: set[Use]) -> bool:
    number = pieces[at].number
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    if number is None or (at, "number") in taken or pieces[at].has(PERIOD):
        return False
    return number.is_integer() and 1 <= number <= 1000 and not (following and following.has("cue:percent"))


def _splits(pieces: tuple[Piece, ...], named: set[int]) -> Iterator[Split]:
    marked: set[int] = set()
    for at, piece in enumerate(pieces):
        if piece.has("cue:by"):
            for split in _after_by(pieces, at, named):
                marked |= {position for position, _ in split.uses}
                yield split
    for at, piece in enumerate(pieces):
        if at in marked or at in named:
            continue
        if (name := piece.named("by:")) is not None:
            yield Split(name, "by", at, frozenset({(at, f"by:{name}")}))
        elif (found := _split_at(pieces, at)) and (
            not piece.named("metric:") or piece.has("cue:best") or _is_sentence(pieces, at)
        ):
            name, tag = found
            asked = _asking(pieces, at)
            uses = {(at, tag)} | ({(asked, "cue:which")} if asked is not None else set())
            yield Split(name, "bare" if asked is None else "which", at, frozenset(uses))


def _split_at(pieces: tuple[Piece, ...], at: int) -> tuple[str, str] | None:
    for prefix in ("dimension:", "grain:"):
        if (name := pieces[at].named(prefix)) is not None:
            return name, prefix + name
    return None


def _after_by(pieces: tuple[Piece, ...], at: int, named: set[int]) -> Iterator[Split]:
    """The dimensions after "by": `by store and week`."""
    position: int | None = after(pieces, at)
    marker: Uses = frozenset({(at, "cue:by")})
    while position is not None and position not in named and (found := _split_at(pieces, position)):
        name, tag = found
        yield Split(name, "by", position, marker | {(position, tag)})
        joined = after(pieces, position)
        position = after(pieces, joined) if joined is not None and pieces[joined].has("and") else joined
        if position is not None and joined is not None and not pieces[joined].has("and") and joined == position:
            return


def _asking(pieces: tuple[Piece, ...], at: int) -> int | None:
    """The "which" that asks for the dimension at a place: "which 5 best-selling products"."""
    if pieces[at].has("cue:which") and not pieces[at].is_harmless:
        return at
    between = range(at - 1, max(-1, at - 5), -1)
    for position in between:
        piece = pieces[position]
        if piece.has("cue:which"):
            return position
        is_between = piece.is_harmless or piece.number is not None or piece.named("cue:") in {"best", "worst", "sell"}
        if not is_between and piece.value is None:
            return None
    return None


def _periods(pieces: tuple[Piece, ...]) -> Iterator[PeriodMention]:
    for at, piece in enumerate(pieces):
        if piece.period is not None:
            yield PeriodMention(piece.period, at, frozenset({(at, PERIOD)}))
