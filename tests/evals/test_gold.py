"""The gold is reckoned by hand here: two stores, three products, five tickets."""

from __future__ import annotations

from datetime import date

import pytest

from evals.gold.history import stockout_rate
from evals.gold.measures import table
from evals.gold.periods import Days, baselines, spans
from evals.gold.raw import RawFiles

BOTH: Days = (date(2026, 3, 11), date(2026, 3, 12))
FIRST: Days = (date(2026, 3, 11), date(2026, 3, 11))
THURSDAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("net_sales", 13.50),  # the reward reduces it, the fee is none, the cancelled ticket does not count
        ("sales_with_tax", 14.95),
        ("tax_amount", 1.45),
        ("discount_amount", 1.50),  # 50 cents off bread and a reward of one
        ("charges_amount", 4.95),
        ("units_sold", 7),
        ("units_returned", 1),
        ("returns_amount", 2.00),
        ("transactions", 3),  # the ticket with nothing but a return is none
        ("customers", 2),
        ("average_basket", 4.50),
        ("gross_margin", 12.00 - 7.00),  # bread without a cost is left out on both sides
        ("gross_margin_rate", 5.00 / 12.00),
        ("average_selling_price", 16.50 / 7),
        ("loyalty_share", 11.50 / 13.50),
    ],
)
def test_a_metric_is_what_a_person_with_the_tickets_would_reckon(raw: RawFiles, measure: str, wanted: float) -> None:
    assert table(raw, measure, (), {}, BOTH).iloc[0] == pytest.approx(wanted)


def test_a_ticket_belongs_to_the_day_of_its_stores_clock(raw: RawFiles) -> None:
    assert table(raw, "net_sales", (), {}, FIRST).iloc[0] == pytest.approx(10.50)
    by_hour = table(raw, "net_sales", ("hour",), {}, FIRST)
    assert dict(by_hour) == pytest.approx({11: 8.5, 23: 2.0})


def test_splits_and_filters_hold(raw: RawFiles) -> None:
    assert dict(table(raw, "net_sales", ("store",), {}, BOTH)) == pytest.approx({"North": 8.5, "West": 5.0})
    assert dict(table(raw, "units_sold", ("category",), {}, BOTH)) == {"Fruit": 4.0, "Food": 3.0}
    assert table(raw, "units_sold", (), {"supplier": ["Farm"]}, BOTH).iloc[0] == 4


def test_stockouts_count_days_at_close_after_the_first_stock(raw: RawFiles) -> None:
    week = (date(2026, 3, 9), date(2026, 3, 12))
    rates = stockout_rate(raw, ("store",), {}, week)
    assert dict(rates) == pytest.approx({"North": 2 / 4, "West": 0.0})


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("this_week", date(2026, 11, 16), THURSDAY),
        ("last_week", date(2026, 11, 9), date(2026, 11, 15)),
        ("last_7_days", date(2026, 11, 13), THURSDAY),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
        ("last_quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("this_year", date(2026, 1, 1), THURSDAY),
    ],
)
def test_a_named_period_has_its_days(name: str, first: date, last: date) -> None:
    assert spans(name, THURSDAY) == ((first, last),)


def test_the_last_quarter_of_a_january_lies_in_the_year_before() -> None:
    assert spans("last_quarter", date(2026, 1, 15)) == ((date(2025, 10, 1), date(2025, 12, 31)),)


def test_months_may_be_whole_ones_or_reach_to_today() -> None:
    allowed = spans("last_3_months", THURSDAY)
    assert (date(2026, 8, 1), date(2026, 10, 31)) in allowed
    assert (date(2026, 8, 20), THURSDAY) in allowed


def test_a_month_is_explained_by_the_month_before_it() -> None:
    october = (date(2026, 10, 1), date(2026, 10, 31))
    assert baselines("month_before", october) == ((date(2026, 9, 1), date(2026, 9, 30)),)
    assert baselines("week_before", (THURSDAY, THURSDAY)) == ((date(2026, 11, 12), date(2026, 11, 12)),)
