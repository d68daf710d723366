"""Laying out a question: pieces put together into metrics, splits, filters, ranks, conditions and periods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from app.assistant.local import conditions, naming
from app.assistant.local.pieces import PERIOD, Piece
from app.assistant.local.sheet import Mention, PeriodMention, Rank, Sheet, Split, Use, Uses, after, before


def lay_out(pieces: tuple[Piece, ...]) -> Sheet:
    """Put pieces together."""
    compared = conditions.find(pieces)
    taken = {use for item in compared for use in item.uses}
    ranks = tuple(_ranks(pieces, taken))
    filters = naming.find(pieces)
    held = {at for item in filters for at, _ in item.uses} | {at for at, _ in taken}
    splits = tuple(_splits(pieces, held))
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
    asking = ("cue:which", "cue:best", "cue:worst", "cue:show", "cue:list")
    return not counts and any(piece.has(tag) for piece in pieces for tag in asking)


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
    before_things = [
        p for p in range(len(pieces) - 1) if pieces[p + 1].named("dimension:") or pieces[p + 1].value is not None
    ]
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
