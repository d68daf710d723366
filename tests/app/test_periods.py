"""Periods, and what each is compared with."""

from __future__ import annotations

from datetime import date

import pytest

from app import periods
from app.periods import Period, resolve

TODAY = date(2024, 3, 31)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", date(2024, 3, 31), date(2024, 3, 31)),
        ("yesterday", date(2024, 3, 30), date(2024, 3, 30)),
        ("last_7_days", date(2024, 3, 25), date(2024, 3, 31)),
        ("last_28_days", date(2024, 3, 4), date(2024, 3, 31)),
        ("this_month", date(2024, 3, 1), date(2024, 3, 31)),
        ("last_month", date(2024, 2, 1), date(2024, 2, 29)),
        ("this_year", date(2024, 1, 1), date(2024, 3, 31)),
        ("last_12_months", date(2023, 4, 1), date(2024, 3, 31)),
    ],
)
def test_a_period_is_whole_business_days_up_to_today(name: str, first: date, last: date) -> None:
    assert resolve(name, TODAY) == Period(name, first, last)


def test_a_month_is_compared_with_the_same_days_of_the_month_before() -> None:
    before = resolve("this_month", date(2024, 3, 10)).previous()
    assert (before.first, before.last) == (date(2024, 2, 1), date(2024, 2, 10))
    whole = resolve("last_month", TODAY).previous()
    assert (whole.first, whole.last) == (date(2024, 1, 1), date(2024, 1, 31))


def test_a_day_is_compared_with_the_same_weekday() -> None:
    today = resolve("today", TODAY)
    assert today.previous().first == date(2024, 3, 24)
    assert today.year_before().first.weekday() == TODAY.weekday()


def test_other_periods_are_compared_with_as_many_days_just_before() -> None:
    before = resolve("last_28_days", TODAY).previous()
    assert (before.first, before.last, before.days) == (date(2024, 2, 5), date(2024, 3, 3), 28)


def test_a_leap_day_has_a_year_before() -> None:
    year = Period("last_12_months", date(2023, 3, 1), date(2024, 2, 29)).year_before()
    assert (year.first, year.last) == (date(2022, 3, 1), date(2023, 2, 28))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2024, 1, 5), date(2024, 1, 9), (date(2024, 1, 5), date(2024, 1, 9))),
        (date(2024, 1, 9), date(2024, 1, 5), (date(2024, 1, 9), date(2024, 1, 9))),
        (None, None, (TODAY, TODAY)),
        (date(2999, 1, 1), date(2999, 1, 2), (TODAY, TODAY)),
        (date(1, 1, 1), date(2024, 1, 5), (TODAY - periods.LONGEST, date(2024, 1, 5))),
    ],
)
def test_custom_dates_are_put_in_order_and_in_range(
    first: date | None, last: date | None, expected: tuple[date, date]
) -> None:
    period = resolve("custom", TODAY, first, last)
    assert (period.first, period.last) == expected
    assert period.previous().first
    assert period.year_before().first


def test_the_grain_follows_the_length() -> None:
    assert [resolve(name, TODAY).grain for name in ("today", "last_28_days", "last_12_months")] == [
        "hour",
        "day",
        "week",
    ]
    assert resolve("custom", TODAY, date(2020, 1, 1), TODAY).grain == "month"
