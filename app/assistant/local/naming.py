"""Names of things in a question as filters: "in Store 2", "Dairy and Bakery", "without gift cards", "on Mondays"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.assistant.local.pieces import VALUE, Piece
from metrics import Filter
from metrics.values import ValueMatch, ValueSpan

_COMPARISON: Final = re.compile(r"(?P<dimension>\w+)(?P<operator>!=|<=|>=|=|<|>)(?P<values>.+)")
_SAME: Final = {"store_code": "store", "store_id": "store", "product_id": "product"}
"""A thing by another of its names."""

PRODUCT_LIKE: Final = frozenset({"product", "sku", "product_id", "category", "department", "brand", "supplier"})
"""Dimensions whose values are products or sets of them."""

_OF_THE_HOUSE: Final = frozenset({"store", "tender", "channel", "currency", "source"})
"""Dimensions whose names may be words of the language too, such as the channel `order`, where the dimension is said."""

_FEW: Final = 6
_STEM: Final = 4
_WHOLE: Final = 0.9
"""From this score on all of a name was said."""
_ENOUGH: Final = 0.68
"""From this score on enough of a name was said, where it begins so: "brie" for Brie 150 g, not "old" for Old Mill."""
_GAP: Final = 0.12
"""How much surer one of several matches has to be to be taken without asking."""


@dataclass(frozen=True, slots=True)
class FilterMention:
    """A thing that rows are held to, or that they leave out.

    Attributes:
        options: What it may be, one of which is meant; more than one where that is not sure.
        text: The words that name it.
        is_excluded: Whether it is left out.
        at: Position of the piece.
        uses: What it stands for.
    """

    options: tuple[Filter, ...]
    text: str
    is_excluded: bool
    at: int
    uses: frozenset[tuple[int, str]]


def find(pieces: tuple[Piece, ...]) -> tuple[FilterMention, ...]:
    """Every filter of a question, in order."""
    return tuple(_filters(pieces))


def doubtful(pieces: tuple[Piece, ...], filters: tuple[FilterMention, ...]) -> str | None:
    """The words of a name that are too little of it to be sure: "lamp" of a Table Lamp, or a part that is misspelt."""
    return next((item.text for item in filters if len(item.options) == 1 and _is_doubtful(pieces[item.at], item)), None)


def _is_doubtful(piece: Piece, item: FilterMention) -> bool:
    if piece.value is None or len(item.uses) > 1 or piece.last - piece.first > 1 or not piece.text[:1].islower():
        return False
    match = piece.value.matches[0]
    is_whole = match.how == "exact" or match.score >= _WHOLE
    begins = match.value.casefold().startswith(piece.text.casefold()[:_STEM])
    return not is_whole and not (begins and match.score >= _ENOUGH)


def _filters(pieces: tuple[Piece, ...]) -> Iterator[FilterMention]:
    is_excluding: int | None = None
    for at, piece in enumerate(pieces):
        if piece.has("cue:exclude"):
            is_excluding = at
            continue
        if (written := piece.named("filter:")) is not None:
            yield _fixed(written, piece, at, is_excluding)
            continue
        beside = _qualifier(pieces, at, piece)
        if piece.value is not None and (_is_name_only(piece) or (beside is not None and _is_of_the_house(piece.value))):
            yield _named(piece, at, beside, is_excluding, pieces)
        elif not (piece.is_harmless or piece.has("and") or piece.has("cue:or") or piece.named("dimension:")):
            is_excluding = None


def _is_of_the_house(value: ValueSpan) -> bool:
    """Whether a name is of something that the house names itself. What a product is called may be anybody's trick."""
    return value.matches[0].dimension in _OF_THE_HOUSE


def _is_name_only(piece: Piece) -> bool:
    return all(tags == (VALUE,) for tags in piece.meanings)


def _fixed(written: str, piece: Piece, at: int, excluding: int | None) -> FilterMention:
    found = _COMPARISON.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} in a lexicon is no filter; write weekday=Sat,Sun.")
    values = [int(v) if v.isdigit() else v for v in found["values"].split(",")]
    operator = "in" if len(values) > 1 else found["operator"]
    item = Filter(
        dimension=found["dimension"], operator=operator, value=tuple(values) if len(values) > 1 else values[0]
    )
    return _mention((item,), piece, at, f"filter:{written}", excluding, None)


def _named(
    piece: Piece, at: int, beside: int | None, excluding: int | None, pieces: tuple[Piece, ...]
) -> FilterMention:
    assert piece.value is not None
    wanted = None if beside is None else pieces[beside].named("dimension:")
    matches = _likely(piece.value.matches, wanted)
    single = [_filter(match) for match in matches]
    is_group = len(matches) > 1 and {m.dimension for m in matches} == {"product"} and piece.value.total <= _FEW
    together = [Filter(dimension="product", operator="in", value=tuple(m.value for m in matches))] if is_group else []
    qualifier = None if beside is None else (beside, f"dimension:{wanted}")
    return _mention((*together, *single), piece, at, VALUE, excluding, qualifier)


def _mention(
    options: tuple[Filter, ...],
    piece: Piece,
    at: int,
    tag: str,
    excluding: int | None,
    beside: tuple[int, str] | None,
) -> FilterMention:
    uses = {(at, tag)}
    if excluding is not None:
        uses.add((excluding, "cue:exclude"))
    if beside is not None:
        uses.add(beside)
    return FilterMention(options, piece.text, excluding is not None, at, frozenset(uses))


def _filter(match: ValueMatch) -> Filter:
    return Filter(dimension=match.dimension, operator="=", value=match.value)


def _likely(matches: tuple[ValueMatch, ...], wanted: str | None) -> list[ValueMatch]:
    """Those matches that cannot be told apart: of the dimension that is named, and exact before near."""
    if wanted is not None:
        wanted = _SAME.get(wanted, wanted)
        matches = tuple(m for m in matches if _SAME.get(m.dimension, m.dimension) == wanted) or matches
    for how in ("exact", "alias", "typo"):
        found = [match for match in matches if match.how == how]
        if found:
            best = max(match.score for match in found)
            near = [match for match in found if match.score > best - _GAP]
            return near if how == "typo" else (near if len(near) == 1 else found)
    return list(matches)


def _qualifier(pieces: tuple[Piece, ...], at: int, piece: Piece) -> int | None:
    """The dimension beside a name that says which of its things is meant: "category Dairy", "the Dairy department"."""
    if piece.value is None:
        return None
    dimensions = {_SAME.get(m.dimension, m.dimension) for m in piece.value.matches}
    for position in (at - 1, at + 1):
        name = pieces[position].named("dimension:") if 0 <= position < len(pieces) else None
        if name is not None and _SAME.get(name, name) in dimensions:
            return position
    return None
