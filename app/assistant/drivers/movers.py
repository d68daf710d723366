"""Contributions to a change by product, category, store or hour: who moved most, and all others in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.assistant.drivers.exact import ZERO

MOST_SHOWN: Final = 5
"""Values named in each direction; the others are one row."""

_BY_ITSELF: Final = Decimal("0.5")
"""Share of the change from which one value tells most of the story."""
_OUT_OF_PROPORTION: Final = 2
"""How many times its share of the earlier amount that has to be."""
_STANDS_OUT: Final = 2
"""How many times the change of any other value its own has to be: what just moved most of many that move is noise."""


@dataclass(frozen=True, slots=True)
class Mover:
    """One value of a dimension and what it adds to the change.

    Attributes:
        name: The value; None where rows have none.
        before: Amount of the earlier period.
        after: Amount of the later one.
    """

    name: str | int | None
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What it adds to the change."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Movement:
    """A change over the values of one dimension; `movers` and `others` add up to it exactly.

    Attributes:
        dimension: Catalogue name of the dimension.
        movers: Values with the largest changes, most negative first where the whole fell, else most positive first.
        others: Everything else in one; None where nothing is left.
        count: How many values there are in all.
    """

    dimension: str
    movers: tuple[Mover, ...]
    others: Mover | None
    count: int


Amounts = Mapping[str | int | None, Decimal]


def movement(dimension: str, before: Amounts, after: Amounts, most: int = MOST_SHOWN) -> Movement:
    """Contributions of the values of a dimension: up to `most` that rose and as many that fell, and the others."""
    names = dict.fromkeys((*before, *after))
    movers = [Mover(name, before.get(name, ZERO), after.get(name, ZERO)) for name in names]
    is_fall = sum((mover.change for mover in movers), ZERO) < 0
    ranked = sorted(movers, key=lambda mover: (mover.change if is_fall else -mover.change, str(mover.name)))
    if len(ranked) <= 2 * most + 1:
        return Movement(dimension, tuple(ranked), None, len(ranked))
    shown, rest = (*ranked[:most], *ranked[-most:]), ranked[most:-most]
    others = Mover(None, sum((m.before for m in rest), ZERO), sum((m.after for m in rest), ZERO))
    return Movement(dimension, shown, others, len(ranked))


def lead(movements: list[Movement], before: Decimal, change: Decimal) -> tuple[str, Mover] | None:
    """The one value that tells most of the change: half of it or more, and out of proportion to its size; often none.

    Where several dimensions have one (a product and its category), the one that fits the change best is meant.
    """
    if not change:
        return None
    found = []
    for item in movements:
        if not item.movers or item.count < 2:
            continue
        first, *rest = item.movers
        share = first.change / change
        size = first.before / before if before > 0 else ZERO
        next_one = max(abs(mover.change) for mover in rest)
        if share >= max(_BY_ITSELF, _OUT_OF_PROPORTION * size) and abs(first.change) >= _STANDS_OUT * next_one:
            found.append((abs(share - 1), item.dimension, first))
    best = min(found, key=lambda item: item[0], default=None)
    return None if best is None else (best[1], best[2])
