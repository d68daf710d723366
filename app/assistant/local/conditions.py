"""Conditions on a metric: "more than 100 units", "margin below 20%"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from app.assistant.local.pieces import PERIOD, Piece

Operator = Literal["<", "<=", ">", ">="]

_OPERATORS: Final[dict[str, Operator]] = {
    "cue:more": ">",
    "cue:less": "<",
    "cue:over": ">",
    "cue:under": "<",
    "cue:at_least": ">=",
    "cue:at_most": "<=",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison with a number.

    Attributes:
        metric: The metric that the number counts ("100 units") or that stands before; none where none is named.
        operator: How it compares.
        value: The number as it was said.
        is_percent: Whether it was said in per cent.
        uses: What it stands for.
    """

    metric: str | None
    operator: Operator
    value: float
    is_percent: bool
    uses: frozenset[tuple[int, str]]


def find(pieces: tuple[Piece, ...]) -> tuple[Condition, ...]:
    """Every condition of a question."""
    return tuple(_conditions(pieces))


def _conditions(pieces: tuple[Piece, ...]) -> Iterator[Condition]:
    for at, piece in enumerate(pieces):
        tag = next((tag for tag in _OPERATORS if piece.has(tag)), None)
        number = _solid(pieces, at + 1, 1)
        if tag is None or number is None or pieces[number].number is None or pieces[number].has(PERIOD):
            continue
        uses = {(at, tag), (number, "number")}
        unit = _solid(pieces, number + 1, 1)
        is_percent = unit is not None and pieces[unit].has("cue:percent")
        if is_percent and unit is not None:
            uses.add((unit, "cue:percent"))
            unit = _solid(pieces, unit + 1, 1)
        if unit is not None and pieces[unit].has("cue:unit") and not pieces[unit].named("metric:"):
            uses.add((unit, "cue:unit"))
            yield Condition(
                "units_sold", _OPERATORS[tag], float(pieces[number].number or 0), is_percent, frozenset(uses)
            )
            continue
        metric, place = _metric(pieces, unit, at)
        if metric is not None and place is not None:
            uses.add((place, f"metric:{metric}"))
        yield Condition(metric, _OPERATORS[tag], float(pieces[number].number or 0), is_percent, frozenset(uses))


def _metric(pieces: tuple[Piece, ...], unit: int | None, at: int) -> tuple[str | None, int | None]:
    """The metric that the number counts, else the one just before the comparison."""
    if unit is not None and (name := pieces[unit].named("metric:")):
        return name, unit
    earlier = _solid(pieces, at - 1, -1)
    name = None if earlier is None else pieces[earlier].named("metric:")
    return (name, earlier) if name else (None, None)


def _solid(pieces: tuple[Piece, ...], start: int, step: int) -> int | None:
    position = start
    while 0 <= position < len(pieces):
        if not pieces[position].is_harmless:
            return position
        position += step
    return None
