"""Comparisons against the shop's own files: like with like, by how much, and who is ahead."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from app.assistant.measure.alike import _same_days
from app.assistant.reading import MetricCondition, Period, Reading
from metrics import Filter

TODAY = date(2025, 6, 13)
DAY = Period(name="today", first=TODAY, last=TODAY, ends=TODAY)
WEEK_BEFORE = Period(first=date(2025, 6, 6), last=date(2025, 6, 6))
SO_FAR = Period(name="this_week", first=date(2025, 6, 9), last=TODAY, ends=date(2025, 6, 15))
WEEK = Period(name="last_week", first=date(2025, 6, 2), last=date(2025, 6, 8))
EARLIER = Period(name="week_before_last", first=date(2025, 5, 26), last=date(2025, 6, 1))
BEFORE_ALL = Period(first=date(2024, 6, 2), last=date(2024, 6, 8))
BOTH = Filter(dimension="store", operator="in", value=("Lakeview", "Harbour Street"))
UNTIL = 14
"""Three in the afternoon in New York is two in Chicago, so that fourteen hours are over in every store."""


def compare(*names: str, period: Period | None = WEEK, other: Period | None = EARLIER, **more: object) -> Reading:
    derived = more.pop("derived", ("delta", "ratio"))
    return Reading(kind="compare", metrics=names, period=period, compare_with=other, derived=derived, **more)


def within(sold: pd.DataFrame, period: Period, until: int = 24) -> pd.DataFrame:
    lines = sold[(sold["day"] >= period.first) & (sold["day"] <= period.last)]
    return lines[(lines["day"] < period.last) | (lines["hour"] < until)]


def test_two_weeks_are_told_with_both_amounts_and_both_dates(answer_of, sold) -> None:
    found = answer_of(compare("net_sales"))
    now, before = (within(sold, period)["net"].sum() for period in (WEEK, EARLIER))
    assert found.rows == [
        {
            "net_sales": pytest.approx(now),
            "net_sales_before": pytest.approx(before),
            "net_sales_change": pytest.approx(now - before),
            "net_sales_change_rate": pytest.approx(now / before - 1),
        }
    ]
    moved = "rose" if now > before else "fell"
    assert found.text.startswith(f"Net sales {moved} by ${abs(now - before):,.0f} ({abs(now / before - 1):.1%}), from ")
    assert "last week (2 Jun – 8 Jun 2025)" in found.text
    assert "the week before last (26 May – 1 Jun 2025)" in found.text


def test_the_day_that_runs_is_compared_up_to_the_last_whole_hour(answer_of, sold) -> None:
    found = answer_of(compare("net_sales", period=DAY, other=WEEK_BEFORE))
    assert found.rows[0]["net_sales"] == pytest.approx(within(sold, DAY, UNTIL)["net"].sum())
    assert found.rows[0]["net_sales_before"] == pytest.approx(within(sold, WEEK_BEFORE, UNTIL)["net"].sum())
    assert "before 14:00 only" in found.text
    assert f"${within(sold, WEEK_BEFORE)['net'].sum():,.0f} on whole days" in found.text


def test_one_store_is_compared_up_to_its_own_hour(answer_of, sold) -> None:
    store = Filter(dimension="store", operator="=", value="Harbour Street")
    found = answer_of(compare("net_sales", period=DAY, other=WEEK_BEFORE, where=(store,)))
    here = sold[sold["store"] == "Harbour Street"]
    assert found.rows[0]["net_sales_before"] == pytest.approx(within(here, WEEK_BEFORE, 15)["net"].sum())


def test_a_week_so_far_is_compared_with_the_same_days_and_hours(answer_of, sold) -> None:
    found = answer_of(compare("units_sold", period=SO_FAR, other=WEEK))
    same = Period(first=WEEK.first, last=date(2025, 6, 6))
    assert found.rows[0]["units_sold"] == within(sold, SO_FAR, UNTIL)["units"].sum()
    assert found.rows[0]["units_sold_before"] == within(sold, same, UNTIL)["units"].sum()
    assert "2 Jun – 6 Jun 2025" in found.text
    assert any("same days" in said for said in found.assumptions)


def test_a_rate_over_days_is_not_cut_to_hours_and_that_is_said(answer_of) -> None:
    found = answer_of(compare("average_basket", period=SO_FAR, other=WEEK))
    assert any("Today is not over" in said for said in found.assumptions)
    assert "only" not in found.text


def test_rates_change_by_percentage_points(answer_of) -> None:
    found = answer_of(compare("gross_margin_rate"))
    points = abs(found.rows[0]["gross_margin_rate_change"]) * 100
    assert f"by {points:,.1f} percentage points" in found.text


def test_each_part_has_both_amounts_and_absent_parts_are_zero(answer_of, sold) -> None:
    found = answer_of(compare("units_sold", by=("product",)))
    units = [within(sold, period).groupby("product")["units"].sum() for period in (WEEK, EARLIER)]
    for row in found.rows:
        assert row["units_sold"] == units[0].get(row["product"], 0.0)
        assert row["units_sold_before"] == units[1].get(row["product"], 0.0)
    changes = [abs(row["units_sold_change"]) for row in found.rows]
    assert changes == sorted(changes, reverse=True)
    difference = units[0].sub(units[1], fill_value=0)
    assert f"Fell most: {difference.idxmin()}, by {-difference.min():,.0f}" in found.text


def test_those_that_fell_are_told_alone_where_that_is_asked(answer_of) -> None:
    found = answer_of(compare("units_sold", by=("product",), direction="down", limit=3))
    changes = [row["units_sold_change"] for row in found.rows]
    assert len(changes) == 3
    assert all(change < 0 for change in changes)
    assert changes == sorted(changes)


def test_days_are_matched_by_their_place_in_the_week(answer_of, sold) -> None:
    found = answer_of(compare("net_sales", by=("day",)))
    by_day = sold.groupby("day")["net"].sum()
    assert [row["day"] for row in found.rows] == [date(2025, 6, day) for day in range(2, 9)]
    assert found.rows[0]["net_sales_before"] == pytest.approx(by_day[date(2025, 5, 26)])


def test_means_per_day_are_compared_over_whole_days(answer_of, sold) -> None:
    found = answer_of(compare("net_sales", period=SO_FAR, other=WEEK, derived=("average", "delta"), by=("day",)))
    now = within(sold, Period(first=SO_FAR.first, last=date(2025, 6, 12)))["net"].sum() / 4
    before = within(sold, Period(first=WEEK.first, last=date(2025, 6, 5)))["net"].sum() / 4
    assert found.rows[0]["net_sales"] == pytest.approx(now)
    assert found.rows[0]["net_sales_before"] == pytest.approx(before)
    assert "per day on average" in found.text


def test_nothing_before_gives_no_percentage(answer_of) -> None:
    found = answer_of(compare("net_sales", other=BEFORE_ALL))
    assert found.rows[0]["net_sales_change"] is None
    assert found.rows[0]["net_sales_change_rate"] is None
    assert "cannot be compared" in found.text
    assert "not known" in found.text


def test_values_side_by_side_say_who_is_ahead(answer_of, sold) -> None:
    found = answer_of(compare("net_sales", by=("store",), where=(BOTH,), other=None))
    sums = within(sold, WEEK).groupby("store")["net"].sum().sort_values(ascending=False)
    assert [(row["store"], row["net_sales"]) for row in found.rows] == [
        (name, pytest.approx(value)) for name, value in sums.items()
    ]
    ahead = f"{sums.index[0]} is ahead of {sums.index[1]} by ${sums.iloc[0] - sums.iloc[1]:,.0f}"
    assert ahead in found.text


def test_a_value_without_any_number_is_named(answer_of) -> None:
    nothing = Filter(dimension="category", operator="in", value=("Coffee", "No such thing"))
    found = answer_of(compare("net_sales", by=("category",), where=(nothing,), other=None))
    assert "There is no number for No such thing." in found.text


def test_conditions_hold_for_compared_rows(answer_of) -> None:
    condition = MetricCondition(metric="units_sold", operator=">=", value=20)
    found = answer_of(compare("net_sales", by=("product",), having=(condition,)))
    assert found.rows
    assert all(row["units_sold"] >= 20 for row in found.rows)


def test_what_is_known_for_now_only_has_no_two_periods(answer_of) -> None:
    found = answer_of(compare("on_hand"))
    assert found.text == "On hand is known for now only, so two periods of it cannot be compared."


@pytest.mark.parametrize(
    ("first", "last", "other_first", "other_last", "wanted"),
    [
        (date(2025, 6, 1), date(2025, 6, 13), date(2025, 5, 1), date(2025, 5, 31), date(2025, 5, 13)),
        (date(2025, 3, 1), date(2025, 3, 30), date(2025, 2, 1), date(2025, 2, 28), date(2025, 2, 28)),
        (date(2024, 1, 1), date(2024, 3, 1), date(2023, 1, 1), date(2023, 12, 31), date(2023, 3, 1)),
        (date(2025, 6, 9), date(2025, 6, 13), date(2025, 6, 2), date(2025, 6, 8), date(2025, 6, 6)),
        (date(2025, 4, 1), date(2025, 5, 10), date(2025, 1, 1), date(2025, 3, 31), date(2025, 2, 10)),
    ],
)
def test_a_period_so_far_has_the_same_days_of_the_other(first, last, other_first, other_last, wanted) -> None:
    found = _same_days(Period(first=first, last=last), Period(first=other_first, last=other_last))
    assert (found.first, found.last) == (other_first, wanted)


def test_shares_are_not_compared_silently(answer_of) -> None:
    assert answer_of(compare("net_sales", derived=("share", "delta"))).text.startswith("Shares are not compared")
