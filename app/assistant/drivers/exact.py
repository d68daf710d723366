"""Exact amounts: decimals in, parts that add up to the last digit out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

ZERO: Final = Decimal(0)
_LEAST_PLACES: Final = 2
_MOST_PLACES: Final = 6


def exact(value: object) -> Decimal:
    """A number of a result as the decimal that the marts hold; nothing known counts as zero.

    Amounts there have four digits after the point, and the shortest text of a float gives them back.
    """
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else ZERO


def rounded(value: Decimal) -> Decimal:
    """A reckoned amount, such as an average, with at most as many digits after the point as are told apart."""
    return round(value, _MOST_PLACES).normalize()


def apportion(parts: Sequence[Decimal], total: Decimal) -> tuple[Decimal, ...]:
    """Round parts so that they add up to the total to its last digit, by largest remainders.

    Args:
        parts: Their sum is the total but for errors of division.
        total: What they add up to; its digits after the point, and two at least, are kept.

    Raises:
        ValueError: The parts are no decomposition of the total.
    """
    step = Decimal(1).scaleb(-max(_LEAST_PLACES, -int(total.normalize().as_tuple().exponent)))
    shown = [part.quantize(step) for part in parts]
    missing = int((total - sum(shown, ZERO)) / step)
    if abs(missing) > len(parts):
        raise ValueError(f"Parts that add up to {sum(parts, ZERO)} are no decomposition of {total}.")
    unit = step if missing > 0 else -step
    most_cut = sorted(range(len(parts)), key=lambda index: (shown[index] - parts[index]) * unit)
    for index in most_cut[: abs(missing)]:
        shown[index] += unit
    return tuple(shown)
