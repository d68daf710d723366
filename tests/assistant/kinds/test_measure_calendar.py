"""Counting periods of a grain: there and back again."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.measure.calendar import begin, following, number_of, numbered
from metrics.catalogue import GRAINS

DAYS = st.dates(date(1999, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("grain", GRAINS)
@given(day=DAYS, steps=st.integers(0, 60))
def test_so_many_periods_on_are_as_many_steps_and_are_counted_so(grain: str, day: date, steps: int) -> None:
    first = walked = begin(day, grain)
    for _ in range(steps):
        walked = following(walked, grain)
    assert numbered(first, steps, grain) == walked
    assert number_of(first, walked, grain) == steps
    assert begin(walked, grain) == walked
