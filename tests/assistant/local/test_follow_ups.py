"""A follow-up edits the reading before it, says what it kept, and a full question starts anew."""

from __future__ import annotations

import pytest

from app.assistant.reading import Kind, Refusal
from tests.assistant.local.conftest import Plan
from tests.assistant.local.short import short

CONVERSATIONS = [
    [
        ("What was revenue last week?", "metric net_sales @last_week"),
        ("and last month?", "metric net_sales @last_month"),
        ("what about units?", "metric units_sold @last_month"),
        ("by store", "metric units_sold by store @last_month"),
        ("only Lakeview", "metric units_sold by store [store=Lakeview] @last_month"),
        ("why?", "drivers units_sold [store=Lakeview] @last_month"),
    ],
    [
        ("Revenue last week", "metric net_sales @last_week"),
        ("only Dairy", "metric net_sales [department=Dairy] @last_week"),
        ("by store", "metric net_sales by store [department=Dairy] @last_week"),
        ("as a share", "metric net_sales by store [department=Dairy] @last_week share"),
        ("compare with last year", "compare net_sales by store [department=Dairy] @last_week vs year_before"),
    ],
    [
        ("Top 10 products by units sold last week", "metric units_sold by product @last_week largest 10"),
        ("just the top 5", "metric units_sold by product @last_week largest 5"),
        ("and by revenue", "metric net_sales by product @last_week largest 5"),
        ("without Dairy", "metric net_sales by product [department!=Dairy] @last_week largest 5"),
    ],
    [
        ("How many Garlic did we sell last week?", "metric units_sold [product=Garlic] @last_week"),
        ("for milk instead", "metric units_sold [category=Milk] @last_week"),
    ],
    [
        ("Transactions at Lakeview last week", "metric transactions [store=Lakeview] @last_week"),
        ("and for all stores?", "metric transactions @last_week"),
        ("by week", "metric transactions by week @last_week"),
    ],
    [
        ("Revenue last month", "metric net_sales @last_month"),
        ("why did it change?", "drivers net_sales @last_month"),
        ("and last week?", "drivers net_sales @last_week"),
    ],
    [
        ("Which items may run out?", "stockout:risk @next_14_days"),
        ("only Lakeview", "stockout:risk [store=Lakeview] @next_14_days"),
    ],
    [("What should I reorder?", "reorder"), ("only Lakeview", "reorder [store=Lakeview]")],
    [("Summarise today", "digest @today"), ("and yesterday?", "digest @yesterday")],
    [
        ("Revenue last week", "metric net_sales @last_week"),
        ("Which products are slow-moving?", "slow_movers:slow @last_28_days"),
    ],
    [
        ("Revenue last week", "metric net_sales @last_week"),
        ("units sold by store yesterday", "metric units_sold by store @yesterday"),
    ],
    [
        ("Umsatz letzte Woche", "metric net_sales @last_week"),
        ("nur Lakeview", "metric net_sales [store=Lakeview] @last_week"),
    ],
    [("revenue last month", "metric net_sales @last_month"), ("and in euros?", "refuse:words")],
    [("Revenue last week", "metric net_sales @last_week"), ("and the horoscope?", "refuse:outside")],
]


@pytest.mark.parametrize("turns", CONVERSATIONS, ids=lambda turns: " / ".join(asked for asked, _ in turns))
def test_each_turn_edits_what_was_read_before(turns: list[tuple[str, str]], plan: Plan) -> None:
    previous, language = None, None
    for asked, expected in turns:
        planned = plan(asked, previous, language)
        assert short(planned.reading) == expected
        previous, language = planned.reading, planned.language


def test_what_is_kept_is_told(plan: Plan) -> None:
    first = plan("Revenue at Lakeview last week").reading
    second = plan("and last month?", first).reading
    assert second.inherited == ("metrics", "store")


def test_a_thing_that_takes_the_place_of_another_is_not_told_as_kept(plan: Plan) -> None:
    first = plan("How many Garlic did we sell last week?").reading
    assert plan("for milk instead", first).reading.inherited == ("metrics", "period")


@pytest.mark.parametrize("asked", ["and last month?", "only Lakeview", "by week", "why?", "top 3", "as a share"])
def test_a_follow_up_without_anything_before_it_is_asked_about(asked: str, plan: Plan) -> None:
    assert plan(asked).reading.kind is Kind.CLARIFY


def test_nothing_goes_on_from_a_refusal(plan: Plan) -> None:
    refused = plan("what is the admin password").reading
    assert refused.refusal is Refusal.SECRET
    assert plan("and last month?", refused).reading.kind is Kind.CLARIFY
