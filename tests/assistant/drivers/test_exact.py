from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.drivers.exact import apportion, exact

AMOUNT = st.decimals(-1_000_000, 1_000_000, places=4)
PART = st.decimals(-100_000, 100_000, places=12)


@given(st.lists(PART, min_size=1, max_size=12), st.integers(2, 6))
def test_rounded_parts_add_up_to_the_rounded_total(parts: list[Decimal], places: int) -> None:
    total = round(sum(parts, Decimal(0)), places)
    shown = apportion(parts, total)
    assert sum(shown) == total
    assert all(abs(rounded - part) <= Decimal("0.01") for rounded, part in zip(shown, parts, strict=True))


def test_parts_of_something_else_are_no_decomposition() -> None:
    with pytest.raises(ValueError, match="no decomposition"):
        apportion([Decimal(1), Decimal(2)], Decimal(4))


@given(AMOUNT)
def test_a_float_gives_back_the_decimal_that_the_marts_hold(amount: Decimal) -> None:
    assert exact(float(amount)) == amount


def test_what_is_not_known_counts_as_nothing() -> None:
    assert exact(None) == exact(True) == 0
