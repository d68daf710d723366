"""Price, volume and mix over products: how much of a change is more or less of the same, dearer, or something else.

Formulas and sources: docs/assistant/explaining-change.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.assistant.drivers.exact import ZERO


@dataclass(frozen=True, slots=True)
class Line:
    """What one product, or another thing that amounts are split by, brought.

    Attributes:
        weight: What it is counted in: units, or sales of which the amount is the margin.
        amount: What came of it.
    """

    weight: Decimal
    amount: Decimal

    @property
    def rate(self) -> Decimal:
        """Amount per weight. Only where there is weight."""
        return self.amount / self.weight


Lines = Mapping[str | int | None, Line]


@dataclass(frozen=True, slots=True)
class Bennet:
    """A change of an amount over products, as terms that add up to it: `appeared + vanished + quantity + price`.

    Attributes:
        appeared: Amount of products sold in the later period only.
        vanished: Minus the amount of products sold in the earlier period only.
        quantity: More or less of the products sold in both.
        price: The same product at another price.
        volume: That part of the quantity which more or fewer units at the average price make; the rest of it is mix,
            units moved to dearer or cheaper products. None where units of the products cannot be added up.
    """

    appeared: Decimal
    vanished: Decimal
    quantity: Decimal
    price: Decimal
    volume: Decimal | None


_MOST_APART: Final = Decimal("0.5")
"""How far shares of units may be from shares of amounts, as total variation, for units of all products to add up."""


def bennet(before: Lines, after: Lines) -> Bennet:
    """Bennet's quantity and price indicators (1920) over products sold in both periods; the others on their own.

    For a product in both, `Δ(p·u) = p̄·Δu + ū·Δp` with bars for the mean of both periods. The quantity term is split
    into volume, `ΔU` at the average price of both periods, and mix, the rest.
    """
    both = [name for name in before if name in after and _has_rate(before[name]) and _has_rate(after[name])]
    stays = set(both)
    appeared = sum((line.amount for name, line in after.items() if name not in stays), ZERO)
    vanished = -sum((line.amount for name, line in before.items() if name not in stays), ZERO)
    price = quantity = moved = units = weighted = ZERO
    for name in both:
        old, new = before[name], after[name]
        mean_rate, mean_units = (old.rate + new.rate) / 2, (old.weight + new.weight) / 2
        price += (new.rate - old.rate) * mean_units
        quantity += (new.weight - old.weight) * mean_rate
        moved += new.weight - old.weight
        units += mean_units
        weighted += mean_rate * mean_units
    volume = moved * weighted / units if units else ZERO
    return Bennet(appeared, vanished, quantity, price, volume if units_add_up(before, after) else None)


def units_add_up(before: Lines, after: Lines) -> bool:
    """Whether a unit of one product is about as much as one of another, so that their sum says something.

    Where some are counted in litres of fuel and others in pieces, a few products hold nearly all units and little of
    the money: half the sum of the differences of both shares is then near one, and near a quarter in a grocery.
    """
    names = dict.fromkeys((*before, *after))
    lines = [_added(before.get(name), after.get(name)) for name in names]
    weight, amount = sum((line.weight for line in lines), ZERO), sum((abs(line.amount) for line in lines), ZERO)
    if not weight or not amount:
        return False
    apart = sum((abs(line.weight / weight - abs(line.amount) / amount) for line in lines), ZERO) / 2
    return apart <= _MOST_APART


def rate_effect(before: Lines, after: Lines, most: Decimal | None = None) -> Decimal:
    """How much of the change of the average rate comes from rates of the same products, not from their shares.

    Kitagawa's (1955) decomposition of a difference between two rates: `Σ s̄·Δp`, with `s` the share of the whole
    weight and bars for the mean of both periods. A product without weight in one period has no rate there and adds
    nothing here: it is all mix.

    Args:
        before: The earlier period.
        after: The later one.
        most: Rates beyond this, either way, say nothing and add nothing; none where every rate is meant.

    Returns:
        A part of `Σ s₁·p₁ − Σ s₀·p₀`, in amount per weight.
    """
    whole_before = sum((line.weight for line in before.values()), ZERO)
    whole_after = sum((line.weight for line in after.values()), ZERO)
    found = ZERO
    for name, old in before.items():
        new = after.get(name)
        if new is not None and _has_rate(old, most) and _has_rate(new, most):
            found += (old.weight / whole_before + new.weight / whole_after) / 2 * (new.rate - old.rate)
    return found


def _has_rate(line: Line, most: Decimal | None = None) -> bool:
    return line.weight > 0 and (most is None or abs(line.amount) <= most * line.weight)


def _added(first: Line | None, second: Line | None) -> Line:
    lines = [line for line in (first, second) if line is not None]
    return Line(sum((line.weight for line in lines), ZERO), sum((line.amount for line in lines), ZERO))
