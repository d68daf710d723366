"""Canonical periods on any day, and what they are compared with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import periods
from app.assistant import question
from app.assistant.dates import beside, find, named, other_side, previous, year_before
from app.assistant.dates.calendar import FIXED_NAMES

NAMES = (*FIXED_NAMES, "last_7_days", "last_28_days", "last_4_weeks", "last_3_months", "last_12_months", "next_14_days")
DAYS = st.one_of(
    st.dates(date(2000, 1, 1), date(2090, 12, 31)),
    st.sampled_from([date(2024, 2, 29), date(2025, 1, 1), date(2025, 12, 31), date(2026, 3, 31), date(2026, 11, 30)]),
)


@given(st.sampled_from(NAMES), DAYS, st.booleans())
def test_a_named_period_is_in_order_and_ends_today_unless_it_lies_ahead(
    name: str, as_of: date, is_day_over: bool
) -> None:
    period = named(name, as_of, is_day_over)
    assert period.name == name
    assert period.first <= period.last
    assert period.last <= as_of or period.first > as_of
    if period.ends is not None:
        assert period.last == as_of <= period.ends


@given(st.sampled_from(NAMES), DAYS)
def test_what_comes_before_does_not_touch_a_period_and_is_no_longer_than_its_unit(name: str, as_of: date) -> None:
    period = named(name, as_of)
    before = previous(period)
    assert before.last < period.first
    assert abs(before.days - period.days) <= 3


@given(st.sampled_from(NAMES), DAYS)
def test_the_year_before_is_about_a_year_before(name: str, as_of: date) -> None:
    period = named(name, as_of)
    other = year_before(period)
    assert timedelta(days=362) <= period.first - other.first <= timedelta(days=367)
    assert abs(other.days - period.days) <= 1


@given(st.sampled_from(sorted(set(periods.LABELS) - {periods.CUSTOM})), DAYS)
def test_pages_and_questions_mean_the_same_days_by_a_name(name: str, as_of: date) -> None:
    page, asked = periods.resolve(name, as_of), named(name, as_of)
    assert (page.first, page.last) == (asked.first, asked.last)
    other, compared = page.previous(), previous(asked)
    assert (other.first, other.last) == (compared.first, compared.last)


def test_a_week_so_far_is_compared_with_the_same_days_of_the_week_before() -> None:
    before = previous(named("this_week", date(2025, 6, 12)))
    assert (before.first, before.last) == (date(2025, 6, 2), date(2025, 6, 5))


def test_a_day_is_compared_with_the_same_weekday_a_week_before() -> None:
    assert previous(named("yesterday", date(2025, 6, 13))).first == date(2025, 6, 5)


def test_the_day_before_a_day_is_the_day_before_it() -> None:
    friday = date(2025, 6, 13)
    assert other_side(named("yesterday", friday), "day_before").first == date(2025, 6, 11)
    assert other_side(named("last_week", friday), "day_before") == previous(named("last_week", friday))
    assert other_side(named("yesterday", friday), "year_before") == year_before(named("yesterday", friday))


def test_a_month_is_compared_with_the_whole_month_before() -> None:
    before = previous(named("last_month", date(2025, 4, 10)))
    assert (before.first, before.last) == (date(2025, 2, 1), date(2025, 2, 28))


def test_february_of_a_leap_year_is_whole_a_year_before() -> None:
    other = year_before(named("last_month", date(2025, 3, 10)))
    assert (other.first, other.last) == (date(2024, 2, 1), date(2024, 2, 29))


def test_a_day_that_is_over_is_not_partial() -> None:
    assert named("today", date(2025, 6, 13), is_day_over=True).ends is None
    assert named("this_week", date(2025, 6, 13), is_day_over=True).ends == date(2025, 6, 15)


def test_a_name_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="fortnightly"):
        named("fortnightly", date(2025, 6, 13))


def test_an_earlier_week_or_month_is_reckoned_from_the_period_beside_it() -> None:
    friday = date(2025, 6, 13)
    assert other_side(named("yesterday", friday), "week_before").first == date(2025, 6, 5)
    assert other_side(named("yesterday", friday), "month_before").first == date(2025, 5, 12)
    whole = other_side(named("last_month", friday), "month_before")
    assert (whole.first, whole.last) == (date(2025, 4, 1), date(2025, 4, 30))
    assert other_side(named("last_year", friday), "month_before") == previous(named("last_year", friday))


def test_the_same_day_last_week_beside_a_month_is_a_week_before_today() -> None:
    friday = date(2025, 6, 13)
    (span,) = find(question.read("the same day last week"), friday, False, "en")
    assert beside(named("this_month", friday), span) == span.period == named("same_weekday_last_week", friday)
    assert beside(named("yesterday", friday), span) == other_side(named("yesterday", friday), "week_before")
