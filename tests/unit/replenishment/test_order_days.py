"""When orders can be placed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from forecasting.replenishment.order_days import order_slots, parse_order_days

MONDAY = date(2024, 7, 1)


def test_an_order_day_is_a_chance_on_the_day_itself() -> None:
    slots = order_slots(MONDAY, (0, 3), 7)
    assert (slots.first, slots.second, slots.anchor) == (MONDAY, MONDAY + timedelta(days=3), MONDAY)


def test_between_order_days_the_next_one_counts() -> None:
    slots = order_slots(MONDAY + timedelta(days=4), (0, 3), 7)
    assert (slots.first, slots.second) == (MONDAY + timedelta(days=7), MONDAY + timedelta(days=10))


def test_without_order_days_any_day_will_do_and_the_slot_keeps_its_name_for_a_review_period() -> None:
    week = [order_slots(MONDAY + timedelta(days=day), (), 7) for day in range(8)]
    assert [slot.first for slot in week[:2]] == [MONDAY, MONDAY + timedelta(days=1)]
    assert week[1].second == MONDAY + timedelta(days=8)
    assert len({slot.anchor for slot in week[:7]}) == 1
    assert week[7].anchor != week[0].anchor


@pytest.mark.parametrize(
    ("text", "days"), [("mon,thu", (0, 3)), ("Fri; tue", (1, 4)), (None, ()), ("", ()), ("whenever", ())]
)
def test_order_days_are_read_or_unknown(text: str | None, days: tuple[int, ...]) -> None:
    assert parse_order_days(text) == days
