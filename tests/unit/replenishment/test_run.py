"""The step as a whole: what is drafted from the marts, and that the reasons add up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import duckdb
import numpy as np
import pytest

from forecasting.replenishment.decided import draft_key
from retail.errors import ForecastError
from retail.operational.decisions import Decision
from retail.operational.term_fields import TermField
from retail.operational.terms import TermOverride
from retail.settings import Settings
from retail.vocabulary import DecisionAction
from tests.unit.replenishment.market import TODAY, Market

Decide = Callable[..., Decision]


def reasons(draft: dict[str, Any]) -> dict[str, Any]:
    return json.loads(draft["reasons"])


def flags(draft: dict[str, Any]) -> list[str]:
    return json.loads(draft["flags"])


def test_a_line_that_runs_out_is_drafted_for_the_next_delivery(market: Market) -> None:
    market.line(on_hand=10)
    report = market.run()
    draft = market.draft
    assert (draft["kind"], draft["product_id"], draft["supplier"]) == ("order", "P1", "Supplier V1")
    assert (draft["order_date"], draft["delivery_date"]) == (TODAY, TODAY + timedelta(days=2))
    # 2 a day for 9 days less 10 on hand, and safety stock for 98 in 100
    assert 15 <= draft["order_quantity"] <= 25
    assert draft["order_amount"] == pytest.approx(6 * draft["order_quantity"])
    assert draft["currency"] == "EUR"
    assert report.drafts == {"order": 1}
    assert report.as_of_date == TODAY


def test_a_line_with_enough_stock_is_not_drafted_and_its_risk_is_told(market: Market) -> None:
    market.line(on_hand=60)
    assert market.run().drafts == {}
    (risk,) = market.table("fct_stock_risk")
    assert not risk["has_draft"]
    assert risk["days_of_cover"] == pytest.approx(30, rel=0.01)
    assert risk["risk_7_days"] == 0
    assert risk["early_stockout_date"] is None or risk["early_stockout_date"] > TODAY + timedelta(days=20)


def test_reasons_add_up(market: Market) -> None:
    market.line(on_hand=10, reserved=3, pack=6, moq=6)
    market.order(1, days_ago=1, quantity=2, expected_in=1)
    market.run()
    draft, why = market.draft, reasons(market.draft)
    assert why["available"] == why["on_hand"] - why["reserved"] - why["promised_to_stores"] == 7
    assert why["inventory_position"] == why["available"] + why["on_order"] - why["expiring"] == 9
    assert why["unrounded_quantity"] == pytest.approx(why["order_up_to"] - why["inventory_position"])
    assert draft["order_quantity"] % 6 == 0
    assert why["terms"]["pack_size"] == "supplier"
    assert why["protection_days"] == 9
    assert why["protection_end"] == (TODAY + timedelta(days=9)).isoformat()
    assert why["stockout_risk_if_ordered"] < 0.05 < why["stockout_risk_if_not_ordered"]
    assert why["cost_of_ordering"] < why["cost_of_not_ordering"]


def test_reasons_add_up_whatever_the_terms(market: Market) -> None:
    generator = np.random.default_rng(11)

    def maybe(value: float) -> float | None:
        return value if generator.random() < 0.6 else None

    for number in range(30):
        market.line(
            f"P{number}",
            f"S{number % 3}",
            daily=float(generator.gamma(1.0, 4.0)),
            on_hand=float(generator.integers(-2, 40)),
            reserved=float(generator.integers(0, 4)),
            pack=maybe(float(generator.integers(1, 13))),
            moq=maybe(float(generator.integers(1, 25))),
            cost=maybe(float(generator.uniform(1, 12))),
            shelf_life=maybe(int(generator.integers(2, 40))),
            lead_time=maybe(int(generator.integers(0, 30))),
        )
        market.order(number, f"P{number}", f"S{number % 3}", days_ago=1, quantity=3, expected_in=2)
        market.batch(10, days_ago=1, product_id=f"P{number}", store_id=f"S{number % 3}")
    market.run()
    assert len(market.drafts) > 10
    for draft in market.drafts:
        why, quantity = reasons(draft), draft["order_quantity"]
        assert why["available"] == max(why["on_hand"] - why["reserved"] - why["promised_to_stores"], 0)
        assert why["inventory_position"] == pytest.approx(why["available"] + why["on_order"] - why["expiring"])
        assert why["unrounded_quantity"] == pytest.approx(why["order_up_to"] - why["inventory_position"], abs=1e-3)
        assert why["order_up_to"] <= why["demand_at_service_level"]
        assert quantity > 0
        assert quantity % (why["pack_size"] or 1) == pytest.approx(0)
        assert quantity >= (why["moq"] or 0)
        assert why["stockout_risk_if_ordered"] <= why["stockout_risk_if_not_ordered"]
        if why["unit_cost"] is not None and why["service_level"] <= why["critical_ratio"]:
            assert why["cost_of_ordering"] <= why["cost_of_not_ordering"] + 0.01
        assert quantity < why["unrounded_quantity"] + (why["pack_size"] or 1) + (why["moq"] or 0)


def test_the_cost_curve_is_lowest_near_the_proposal(market: Market) -> None:
    market.line(on_hand=2)
    market.run()
    curve = market.table("fct_order_cost_curves")
    assert len(curve) == 11
    assert curve[5]["order_quantity"] == market.draft["order_quantity"]
    assert curve[0]["total_amount"] > curve[5]["total_amount"] < curve[10]["total_amount"] * 1.5
    assert all(
        row["total_amount"] == pytest.approx(row["holding_amount"] + row["shortage_amount"] + row["waste_amount"])
        for row in curve
    )


def test_two_runs_of_a_day_give_the_same_drafts_in_the_same_order(market: Market) -> None:
    for number in range(6):
        market.line(f"P{number}", f"S{number % 2}", on_hand=number)
    market.run()
    first = [market.table(name) for name in ("fct_reorder_drafts", "fct_order_cost_curves", "fct_stock_risk")]
    market.run()
    assert [market.table(name) for name in ("fct_reorder_drafts", "fct_order_cost_curves", "fct_stock_risk")] == first
    assert len({draft["draft_id"] for draft in market.drafts}) == len(market.drafts) == 6


def test_a_draft_is_named_by_product_store_and_delivery_slot(market: Market) -> None:
    market.line()
    market.run()
    assert market.draft["draft_id"] == draft_key("P1", "S1", TODAY + timedelta(days=2))


@pytest.mark.parametrize("action", [DecisionAction.APPROVE, DecisionAction.REJECT])
def test_what_is_decided_is_not_drafted_again(market: Market, decide: Decide, action: DecisionAction) -> None:
    market.line()
    market.run()
    decisions = [decide(market.draft, action)]
    assert market.run(decisions=decisions).not_drafted == {"decided on already": 1}


def test_a_snoozed_draft_is_back_on_its_day(market: Market, decide: Decide) -> None:
    market.line()
    market.run()
    snoozed = decide(market.draft, DecisionAction.SNOOZE, snooze_until=TODAY + timedelta(days=1))
    awake = decide(market.draft, DecisionAction.SNOOZE, snooze_until=TODAY)
    assert market.run(decisions=[snoozed]).drafts == {}
    assert market.run(decisions=[awake]).drafts == {"order": 1}


def test_a_changed_draft_stays_open(market: Market, decide: Decide) -> None:
    market.line()
    market.run()
    quantity = market.draft["order_quantity"]
    market.run(decisions=[decide(market.draft, DecisionAction.CHANGE, quantity=5)])
    assert market.draft["order_quantity"] == quantity


def test_an_approved_draft_is_on_order_until_the_source_has_the_order(market: Market, decide: Decide) -> None:
    market.line(on_hand=10)
    market.run()
    approved = decide(market.draft, DecisionAction.APPROVE, quantity=8)
    next_week = TODAY + timedelta(days=7)
    market.run(decisions=[approved])
    (risk,) = market.table("fct_stock_risk")
    assert risk["on_order"] == 8
    market.order(7, days_ago=0, quantity=8, expected_in=2)
    market.run(decisions=[approved])
    (risk,) = market.table("fct_stock_risk")
    assert risk["on_order"] == 8, "once: the source's own order, no longer the approval"
    market.connection.execute("delete from marts.fct_purchase_order_lines")
    market.run(decisions=[approved], as_of_date=next_week)
    (risk,) = market.table("fct_stock_risk")
    assert risk["on_order"] == 0, "nobody has placed it, and it is later than this supplier ever is"


def test_days_of_decisions_are_the_shop_s_own(market: Market, decide: Decide) -> None:
    market.connection.execute("update raw_tillsight.workspace set default_time_zone = 'America/New_York'")
    market.line(on_hand=10)
    market.run()
    late = datetime.combine(TODAY + timedelta(days=1), time(1), UTC)  # the evening of today in New York
    approved = replace(decide(market.draft, DecisionAction.APPROVE, quantity=8), decided_at=late)
    market.order(7, days_ago=0, quantity=8, expected_in=2)
    market.run(decisions=[approved])
    (risk,) = market.table("fct_stock_risk")
    assert risk["on_order"] == 8, "the order that evening is the one that was approved"


def test_by_night_the_day_of_the_newest_sale_is_over(market: Market, decide: Decide) -> None:
    settings = Settings(order_budget=150)
    market.line("A", on_hand=0)
    market.line("B", on_hand=0)
    market.run(settings)
    approved = decide(market.drafts[0], DecisionAction.APPROVE)
    next_day = TODAY + timedelta(days=1)
    report = market.run(settings, decisions=[approved], calendar_date=next_day)
    assert report.as_of_date == next_day
    assert report.drafts == {"order": 2}, "a new slot and a new day's budget"
    assert {draft["order_date"] for draft in market.drafts} == {TODAY + timedelta(days=7)}


def test_an_old_export_is_replenished_as_of_its_own_day(market: Market) -> None:
    market.line()
    assert market.run(calendar_date=TODAY + timedelta(days=400)).as_of_date == TODAY


def test_goods_that_must_not_be_ordered_are_not(market: Market) -> None:
    market.line("service", is_stocked=False, on_hand=0)
    market.line("old", discontinued=TODAY, on_hand=0)
    market.line("shut", "S9", closed=TODAY, on_hand=0)
    report = market.run()
    assert report.drafts == {}
    assert report.not_drafted == {"discontinued": 1, "not stocked": 1, "store closed": 1}


def test_without_a_stock_figure_there_is_no_draft(market: Market) -> None:
    market.line(on_hand=None)
    report = market.run()
    assert report.notes == ["No product that is forecast alone has a stock figure, so there is nothing to reorder."]
    assert market.drafts == []


def test_a_source_without_stock_is_not_drafted_from_open_orders_alone(market: Market) -> None:
    market.connection.execute("update marts.dim_capabilities set is_available = false")
    market.line(on_hand=0)
    assert market.run().series == 0


def test_missing_terms_are_assumed_and_said_so(market: Market) -> None:
    market.line(supplier_id=None, cost=None, on_hand=0, evidence="low")
    market.run()
    draft, why = market.draft, reasons(market.draft)
    assert draft["supplier"] is None
    assert {"no_supplier", "no_cost", "no_lead_time", "low_evidence"} <= set(flags(draft))
    assert draft["order_amount"] is None
    assert why["cost_of_not_ordering"] is None
    assert why["service_level_source"] == "class CZ"
    assert why["lead_time_source"] == "assumed"
    assert why["terms"]["lead_time_days"] == "assumed"
    assert draft["order_quantity"] > 0
    assert market.table("fct_order_cost_curves") == []


def test_stock_below_zero_counts_as_none(market: Market) -> None:
    market.line(on_hand=-5)
    market.run()
    assert "negative_stock" in flags(market.draft)
    assert reasons(market.draft)["inventory_position"] == 0


def test_a_pack_of_nothing_is_no_pack(market: Market) -> None:
    market.line(on_hand=0, pack=0)
    market.run()
    assert "pack_size_not_usable" in flags(market.draft)
    assert market.draft["order_quantity"] > 0


def test_nothing_is_ordered_of_what_nobody_wants(market: Market) -> None:
    market.line(daily=0.0, on_hand=0)
    assert market.run().drafts == {}
    (risk,) = market.table("fct_stock_risk")
    assert risk["days_of_cover"] is None
    assert risk["expected_lost_units"] == 0


def test_a_protection_period_beyond_the_forecast_is_flagged(market: Market) -> None:
    market.line(lead_time=40, on_hand=0)
    market.run()
    assert "beyond_horizon" in flags(market.draft)
    assert reasons(market.draft)["protection_days"] == 47


def test_what_is_lost_before_the_delivery_is_not_ordered(market: Market) -> None:
    market.line(on_hand=0, lead_time=14)
    market.run()
    why = reasons(market.draft)
    assert "late_for_stockout" in flags(market.draft)
    assert why["lost_before_delivery"] == pytest.approx(28, rel=0.15)
    assert why["mean_demand"] == pytest.approx(14, rel=0.15)


def test_stock_that_will_expire_is_not_counted_on(market: Market) -> None:
    market.line(on_hand=20, shelf_life=5, daily=2.0, lead_time=1, order_days="mon,tue,wed,thu,fri")
    market.batch(20, days_ago=4)
    market.run()
    why = reasons(market.draft)
    assert why["expiring"] == pytest.approx(18, abs=1)
    assert why["inventory_position"] == why["available"] - why["expiring"]


def test_a_short_shelf_life_keeps_the_order_below_what_would_spoil(market: Market) -> None:
    market.line(on_hand=0, shelf_life=3, daily=10.0)
    market.run()
    draft, why = market.draft, reasons(market.draft)
    assert "over_shelf_life" in flags(draft)
    assert draft["binding_constraint"] == "shelf_life"
    assert draft["order_quantity"] <= why["order_up_to"] < why["demand_at_service_level"]


def test_a_supplier_that_delivers_late_needs_more_stock(market: Market) -> None:
    market.line(on_hand=0)
    market.run()
    on_time = reasons(market.draft)
    for number in range(40):
        market.order(number, days_ago=30 + number, took=2 if number % 2 else 9)
    market.run()
    late = reasons(market.draft)
    assert late["lead_time_source"] == "learnt from 40 receipts"
    assert (late["lead_time_q90_days"], on_time["lead_time_q90_days"]) == (9, 3)
    assert late["order_up_to"] > on_time["order_up_to"] * 0.9
    assert late["protection_days"] >= on_time["protection_days"]
    rows = market.table("fct_lead_times")
    assert [(row["supplier_id"], row["store_id"], row["receipts"]) for row in rows] == [
        ("V1", None, 40),
        ("V1", "S1", 40),
    ]


def test_overdue_deliveries_are_expected_soon_and_forgotten_in_the_end(market: Market) -> None:
    market.line(on_hand=0)
    market.order(1, days_ago=6, quantity=50, expected_in=-4)
    market.run()
    (risk,) = market.table("fct_stock_risk")
    assert risk["on_order"] == 50
    assert TODAY < risk["next_receipt_date"] <= TODAY + timedelta(days=7)
    market.connection.execute("delete from marts.fct_purchase_order_lines")
    market.order(2, days_ago=300, quantity=50, expected_in=-298)
    market.run()
    assert "overdue_order_not_counted" in flags(market.draft)


def test_a_person_s_terms_win_over_the_source_s(market: Market) -> None:
    market.line(on_hand=0, pack=6)
    overrides = [
        TermOverride(TermField.PACK_SIZE, "10", product_id="P1", set_by="ann"),
        TermOverride(TermField.SERVICE_LEVEL, "0.6", supplier_id="V1", set_by="ann"),
        TermOverride(TermField.LEAD_TIME_DAYS, "5", supplier_id="V1", set_by="ann"),
        TermOverride(TermField.ORDER_DAYS, "wed", supplier_id="V1", set_by="bob"),
    ]
    market.run(overrides=overrides)
    draft, why = market.draft, reasons(market.draft)
    assert draft["order_quantity"] % 10 == 0
    assert (why["service_level"], why["service_level_source"]) == (0.6, "set by ann")
    assert why["lead_time_source"] == "set by ann"
    assert draft["order_date"] == date(2024, 7, 3)
    assert draft["delivery_date"] == date(2024, 7, 8)
    assert why["terms"]["order_days"] == "set by bob"


def test_a_review_period_for_everything_takes_no_supplier_s_order_days_away(market: Market) -> None:
    market.supplier("V2", order_days="thu")
    market.line(on_hand=0, supplier_id="V2")
    review = TermOverride(TermField.REVIEW_PERIOD_DAYS, "14", set_by="ann")
    market.run(overrides=[review])
    assert market.draft["order_date"] == TODAY + timedelta(days=3)
    market.run(overrides=[replace(review, supplier_id="V2")])
    assert (market.draft["order_date"], reasons(market.draft)["review_period_days"]) == (TODAY, 14)


def test_another_supplier_can_be_set(market: Market) -> None:
    market.supplier("V2", order_days="tue")
    market.line(on_hand=0)
    market.run(overrides=[TermOverride(TermField.SUPPLIER_ID, "V2", product_id="P1", set_by="ann")])
    assert market.draft["supplier"] == "Supplier V2"
    assert market.draft["order_date"] == date(2024, 7, 2)


def test_orders_stay_within_the_budget(market: Market) -> None:
    for number in range(8):
        market.line(f"P{number}", on_hand=number)
    free = market.run().amount
    report = market.run(Settings(order_budget=free / 2))
    assert 0 < report.amount <= free / 2
    assert any("over_budget" in flags(draft) for draft in market.drafts) or report.notes


def test_a_small_order_is_filled_up_to_the_supplier_s_minimum(market: Market) -> None:
    market.connection.execute("update marts.dim_suppliers set minimum_order_amount = 200")
    market.line("P1", on_hand=2)
    market.line("P2", on_hand=25)
    report = market.run()
    assert report.amount >= 200
    assert {draft["binding_constraint"] for draft in market.drafts} == {"supplier_minimum"}


def test_an_order_far_below_the_minimum_is_flagged(market: Market) -> None:
    market.connection.execute("update marts.dim_suppliers set minimum_order_amount = 100000")
    market.line(on_hand=2)
    market.run()
    assert "supplier_minimum_not_reached" in flags(market.draft)


def test_a_store_that_has_too_much_gives_before_anything_is_bought(market: Market) -> None:
    market.line("P1", "S1", on_hand=0)
    market.line("P1", "S2", on_hand=200)
    market.run()
    draft = market.draft
    assert (draft["kind"], draft["store_id"], draft["from_store_id"]) == ("transfer", "S1", "S2")
    assert (draft["order_date"], draft["delivery_date"]) == (TODAY, TODAY + timedelta(days=1))
    assert draft["supplier"] is None
    assert draft["order_amount"] == 0
    assert not {"no_supplier", "late_for_stockout"} & set(flags(draft))


def test_an_approved_transfer_is_gone_from_the_giver(market: Market, decide: Decide) -> None:
    market.line("P1", "S1", on_hand=0)
    market.line("P1", "S2", on_hand=200)
    market.run()
    moved = market.draft["order_quantity"]
    market.run(decisions=[decide(market.draft, DecisionAction.APPROVE)])
    giver = next(row for row in market.table("fct_stock_risk") if row["store_id"] == "S2")
    taker = next(row for row in market.table("fct_stock_risk") if row["store_id"] == "S1")
    assert (giver["available"], taker["on_order"]) == (200 - moved, moved)


def test_the_part_of_today_that_is_sold_is_not_expected_again(market: Market) -> None:
    market.line(on_hand=30, daily=10.0)
    market.run()
    morning = reasons(market.draft)["mean_demand"]
    market.sale(days_ago=0, units=5, amount=50)
    market.run()
    assert reasons(market.draft)["mean_demand"] == pytest.approx(morning - 5, abs=1.5)


def test_an_old_forecast_is_read_from_today_on_and_said_to_be_old(market: Market) -> None:
    market.line(on_hand=10)
    report = market.run(as_of_date=TODAY + timedelta(days=7))
    assert report.notes == ["The forecast is 7 days old: forecast again before ordering by it."]
    assert reasons(market.draft)["mean_demand"] == pytest.approx(18, rel=0.1)
    report = market.run(as_of_date=TODAY + timedelta(days=100))
    assert report.notes == ["The forecast is 100 days old: forecast again before ordering by it."]


def test_a_warehouse_without_marts_is_refused_and_keeps_its_drafts(market: Market) -> None:
    market.line(on_hand=0)
    market.run()
    market.connection.execute("drop table marts.dim_suppliers")
    with pytest.raises(ForecastError, match="tillsight run"):
        market.run()
    assert len(market.drafts) == 1


def test_an_empty_warehouse_gives_empty_tables() -> None:
    with duckdb.connect() as connection:
        market = Market(connection)
        assert market.run().series == 0
        assert market.drafts == []
