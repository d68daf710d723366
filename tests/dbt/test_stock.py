"""The daily stock, days of cover, ageing and purchasing, computed by hand on a few movements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbt.conftest import Shop


def _move(number: int, day: str, quantity: float, kind: str, product: str = "A") -> dict[str, object]:
    return {"movement_id": f"M{number}", "store_id": "S1", "product_id": product, "quantity": quantity,
            "moved_at": f"{day} 15:00:00+00", "movement_type": kind}  # fmt: skip


@pytest.fixture(scope="module")
def shop(make_shop: Callable[..., Shop]) -> Shop:
    """Product A sells out on the third day and is restocked on the sixth; product B left the range long ago."""
    shop = make_shop(TILLSIGHT_INVARIANTS="error")
    shop.insert("stores", {"store_id": "S1", "time_zone": "America/New_York"})
    shop.insert("products", {"product_id": "A", "shelf_life_days": 30}, {"product_id": "B"})
    shop.insert(
        "stock_movements",
        _move(1, "2025-03-01", 10, "opening"),
        _move(2, "2025-03-01", -4, "sale"),
        _move(3, "2025-03-02", -2, "sale"),
        _move(4, "2025-03-03", -5, "sale"),
        _move(5, "2025-03-03", 1, "return"),
        _move(6, "2025-03-06", 20, "receipt"),
        _move(7, "2025-03-07", -1, "shrinkage"),
        _move(8, "2025-03-08", 3, "transfer_in"),
        _move(9, "2024-09-01", 2, "opening", "B"),
        _move(10, "2024-09-02", -2, "sale", "B"),
    )
    for number, (day, quantity, net) in enumerate(
        [("2025-03-01", 4, 8), ("2025-03-02", 2, 4), ("2025-03-03", 5, 10), ("2025-03-03", -1, -2)]
    ):
        shop.insert(
            "sale_lines",
            {"sale_line_id": f"L{number}", "sale_id": f"T{number}", "store_id": "S1", "product_id": "A",
             "sold_at": f"{day} 15:00:00+00", "quantity": quantity, "net_amount": net, "unit_cost": 1},
        )  # fmt: skip
    shop.insert("stock_levels", {"store_id": "S1", "product_id": "A", "on_hand": 22, "reserved": 2})
    shop.insert("suppliers", {"supplier_id": "V1", "name": "Van"})
    shop.insert("suppliers", {"supplier_id": "V2", "name": "Zan", "supplier_minimum_amount": 50, "currency": "ZZZ"})
    shop.insert("supplier_terms", {"supplier_id": "V2", "product_id": "B", "pack_size": 6, "unit_cost": 2})
    shop.insert(
        "purchase_orders",
        {"purchase_order_id": "O1", "supplier_id": "V1", "store_id": "S1", "ordered_at": "2025-03-02 15:00:00+00",
         "expected_at": "2025-03-05 15:00:00+00", "status": "open"},
        {"purchase_order_id": "O2", "supplier_id": "V1", "store_id": "S1", "ordered_at": "2025-03-02 15:00:00+00",
         "status": "cancelled"},
    )  # fmt: skip
    for order in ("O1", "O2"):
        shop.insert(
            "purchase_order_lines",
            {"purchase_order_line_id": f"{order}-1", "purchase_order_id": order, "product_id": "A", "quantity": 30},
        )
    shop.insert(
        "receipts",
        {"receipt_id": "R1", "purchase_order_id": "O1", "store_id": "S1", "product_id": "A", "quantity": 20,
         "received_at": "2025-03-06 15:00:00+00", "unit_cost": 1.5},
    )  # fmt: skip
    shop.run()
    return shop


def test_each_day_opens_moves_and_closes(shop: Shop) -> None:
    found = shop.rows(
        "select day(business_date), opening, received, sold, returned, transferred, adjusted, on_hand"
        " from marts.fct_stock_daily where product_id = 'files:A' order by business_date"
    )
    assert found == [
        (1, 10, 0, 4, 0, 0, 0, 6),
        (2, 6, 0, 2, 0, 0, 0, 4),
        (3, 4, 0, 5, 1, 0, 0, 0),
        (4, 0, 0, 0, 0, 0, 0, 0),
        (5, 0, 0, 0, 0, 0, 0, 0),
        (6, 0, 20, 0, 0, 0, 0, 20),
        (7, 20, 0, 0, 0, 0, -1, 19),
        (8, 19, 0, 0, 0, 3, 0, 22),
        (9, 22, 0, 0, 0, 0, 0, 22),
        (10, 22, 0, 0, 0, 0, 0, 22),
    ]


def test_a_product_is_on_range_for_90_days_after_its_last_sale_or_stock(shop: Shop) -> None:
    shop_days = "select min(business_date), max(business_date), count(*) from marts.fct_stock_daily"
    # The last unit was sold on 2 September.
    assert shop.rows(f"{shop_days} where product_id = 'files:B'") == [(date(2024, 9, 1), date(2024, 11, 30), 91)]


def test_lost_units_are_the_mean_of_days_in_stock_less_what_was_sold(shop: Shop) -> None:
    found = shop.rows(
        "select day(business_date), is_stockout, lost_units_estimate, lost_sales_estimate from marts.fct_stock_daily"
        " where product_id = 'files:A' and day(business_date) between 2 and 6 order by 1"
    )
    # In stock on the 1st and 2nd, 3 a day at 2 each; 5 were sold on the 3rd before the shelf was empty.
    assert found == [(2, False, 0, 0), (3, True, 0, 0), (4, True, 3, 6), (5, True, 3, 6), (6, False, 0, 0)]


def test_the_as_of_day_is_not_complete(shop: Shop) -> None:
    found = shop.rows("select business_date, lost_units_estimate from marts.fct_stock_daily where not is_complete_day")
    assert found == [(date(2025, 3, 10), None)]


def test_cost_of_a_day_is_what_was_known_then(shop: Shop) -> None:
    assert shop.rows(
        "select distinct unit_cost from marts.fct_stock_daily where product_id = 'files:A'"
    ) == [(1.5,)]  # fmt: skip


def test_cover_is_available_stock_over_the_mean_of_days_in_stock(shop: Shop) -> None:
    found = shop.rows(
        "select on_hand, reserved, available, on_order, round(mean_daily_units, 4), round(days_of_cover, 2),"
        " stock_value, last_sold_date, last_received_date from marts.fct_stock_levels where product_id = 'files:A'"
    )
    # In stock on the 1st, 2nd and 6th to 9th: 6 units in 6 days.
    assert found == [(22, 2, 20, 10, 1, 20, 33, date(2025, 3, 3), date(2025, 3, 6))]


def test_ageing_takes_the_newest_layers_first(shop: Shop) -> None:
    assert shop.rows(
        "select age_bucket, units, stock_value from marts.fct_stock_ageing where product_id = 'files:A'"
    ) == [("0-30", 22, 33)]  # fmt: skip


def test_batches_are_what_is_left_of_each_receipt_and_when_it_expires(shop: Shop) -> None:
    assert shop.rows(
        "select received_date, expires_date, units from marts.fct_stock_batches where product_id = 'files:A' order by 1"
    ) == [(date(2025, 3, 6), date(2025, 4, 5), 19), (date(2025, 3, 8), date(2025, 4, 7), 3)]


def test_terms_are_published_and_money_without_a_rate_is_unknown(shop: Shop) -> None:
    assert shop.rows("select pack_size, unit_cost, is_preferred from marts.fct_supplier_terms") == [(6, None, False)]
    assert shop.rows(
        "select supplier_minimum_amount, minimum_order_amount from marts.dim_suppliers where supplier = 'Zan'"
    ) == [(50, None)]


def test_only_open_orders_are_awaited(shop: Shop) -> None:
    assert shop.rows(
        "select purchase_order_id, received_quantity, is_open, on_order_quantity"
        " from marts.fct_purchase_order_lines order by 1"
    ) == [("files:O1", 20, True, 10), ("files:O2", 0, False, 0)]


def test_suppliers_are_measured_on_confirmed_orders(shop: Shop) -> None:
    assert shop.rows(
        "select orders, mean_lead_time_days, on_time_rate, round(fill_rate, 4) from marts.fct_supplier_performance"
        " where supplier = 'Van'"
    ) == [(1, 4, 0, 0.6667)]


def test_stock_without_movements_has_levels_only(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.insert("stock_levels", {"store_id": "S1", "product_id": "A", "on_hand": 5})
    shop.run()
    assert shop.rows("select on_hand, available, days_of_cover from marts.fct_stock_levels") == [(5, 5, None)]
    assert shop.value("select count(*) from marts.fct_stock_daily") == 0
