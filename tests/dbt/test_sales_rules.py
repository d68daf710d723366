"""What counts as a sale, computed by hand on a few tickets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbt.conftest import Shop


def _line(
    number: int, ticket: str, product: str, quantity: float, net: float | None, **more: object
) -> dict[str, object]:
    row = {"sale_line_id": f"L{number}", "sale_id": ticket, "store_id": "S1", "product_id": product}
    row |= {"sold_at": "2025-03-07 15:00:00+00", "quantity": quantity, "net_amount": net}
    return row | more


@pytest.fixture(scope="module")
def shop(make_shop: Callable[..., Shop]) -> Shop:
    shop = make_shop()
    shop.insert("stores", {"store_id": "S1", "name": "Harbour", "time_zone": "America/New_York", "currency": "USD"})
    shop.insert("stores", {"store_id": "S2", "name": "Harbour", "time_zone": "Asia/Tokyo", "currency": "JPY"})
    shop.insert(
        "products",
        {"product_id": "MILK", "sku": "M1", "name": "Milk", "category_path": "Food > Dairy > Milk", "tax_rate": 0.1},
        {"product_id": "POST", "sku": "P1", "name": "Postage", "kind": "charge"},
        {"product_id": "TEA1", "sku": "T1", "name": "Tea"},
        {"product_id": "TEA2", "sku": "T2", "name": "Tea"},
        {"product_id": "TEA3", "sku": "T3", "name": "Tea (T2)"},
    )
    shop.insert(
        "promotions",
        {
            "promotion_id": "SPRING",
            "name": "Spring",
            "product_id": "MILK",
            "starts_date": "2025-03-01",
            "ends_date": "2025-03-31",
        },
    )
    for ticket, status in {"A": "completed", "B": None, "C": "cancelled", "D": "draft", "R": "completed"}.items():
        shop.insert(
            "sales",
            {
                "sale_id": ticket,
                "store_id": "S1",
                "sold_at": "2025-03-07 15:00:00+00",
                "status": status,
                "customer_id": "C9",
                "channel": "order" if ticket == "B" else None,
            },
        )
    shop.insert("sales", {"sale_id": "T", "store_id": "S2", "sold_at": "2025-03-07 15:30:00+00", "currency": "JPY"})
    shop.insert("sales", {"sale_id": "E", "store_id": "S1", "sold_at": "2025-03-08 04:59:00+00", "currency": "EUR"})
    shop.insert(
        "sale_lines",
        _line(
            1,
            "A",
            "MILK",
            3,
            27.0,
            tax_amount=2.7,
            gross_amount=29.7,
            discount_amount=3.0,
            unit_cost=5.0,
            promotion_id="SPRING",
        ),
        _line(2, "A", "MILK", -1, -9.0, tax_amount=-0.9),
        _line(3, "A", "POST", 1, 4.0, tax_amount=0.4),
        _line(4, "A", "TEA1", 1, -2.0, line_type="discount"),
        _line(5, "A", "TEA1", 7, 70.0, line_type="adjustment"),
        _line(6, "B", "MILK", 1, None, gross_amount=11.0),
        _line(7, "C", "MILK", 100, 900.0),
        _line(8, "D", "MILK", 100, 900.0),
        _line(9, "R", "MILK", -2, -18.0, tax_amount=-1.8),
        _line(10, "T", "TEA2", 1, 1500.0, store_id="S2"),
        _line(11, "E", "TEA2", 1, 10.0),
        _line(12, "LOOSE", "GHOST", 2, 8.0, store_id="S9", sold_at="2025-03-09 12:00:00+00", customer_id="C1"),
    )
    shop.insert(
        "payments",
        {"payment_id": "P1", "sale_id": "A", "tender": "cash", "amount": 30.0},
        {"payment_id": "P2", "sale_id": "A", "tender": "cash", "amount": -7.8},
        {"payment_id": "P3", "sale_id": "C", "tender": "card", "amount": 900.0},
    )
    shop.insert(
        "exchange_rates", {"rate_date": "2025-03-01", "from_currency": "USD", "to_currency": "JPY", "rate": 150}
    )
    shop.run()
    return shop


def _ticket(shop: Shop, ticket: str, columns: str) -> tuple[object, ...]:
    (row,) = shop.rows(f"select {columns} from marts.fct_sales where sale_id = 'files:{ticket}'")
    return tuple(float(value) if hasattr(value, "as_tuple") else value for value in row)


def test_goods_discounts_charges_and_returns_of_a_ticket_are_told_apart(shop: Shop) -> None:
    columns = "units_sold, units_returned, net_amount, tax_amount, discount_amount, charges_amount, total_amount, lines"
    assert _ticket(shop, "A", columns) == (3.0, 1.0, 16.0, 1.8, 5.0, 4.0, 22.2, 4)


def test_payments_are_net_of_change_and_only_of_counted_tickets(shop: Shop) -> None:
    assert _ticket(shop, "A", "payments_amount") == (22.2,)
    assert shop.value("select count(*) from marts.fct_payments") == 2


def test_cancelled_draft_and_adjustment_lines_never_count(shop: Shop) -> None:
    counted = shop.rows("select sale_line_id from marts.fct_sale_lines order by sale_line_id")
    assert {f"files:L{number}" for number in (1, 2, 3, 4, 6, 9, 10, 11, 12)} == {line for (line,) in counted}


def test_a_gross_amount_alone_is_split_by_the_products_tax_rate(shop: Shop) -> None:
    assert _ticket(shop, "B", "net_amount, tax_amount, gross_amount, channel") == (10.0, 1.0, 11.0, "order")


def test_tax_that_nobody_knows_is_null_and_not_zero(shop: Shop) -> None:
    assert _ticket(shop, "LOOSE", "net_amount, tax_amount, gross_amount") == (8.0, None, None)


def test_a_ticket_of_returns_only_is_marked_on_the_ticket_and_its_lines(shop: Shop) -> None:
    marked = shop.rows("select sale_id from marts.fct_sales where is_return_only")
    assert marked == [("files:R",)]
    assert shop.rows("select sale_id from marts.fct_sale_lines where is_return_only_ticket") == marked


def test_margin_rests_on_lines_with_known_cost(shop: Shop) -> None:
    assert shop.rows("select sum(cost_amount), sum(costed_net_amount) from marts.fct_sale_lines") == [(15, 27)]


def test_foreign_currency_uses_the_inverse_rate_where_only_that_is_known(shop: Shop) -> None:
    assert _ticket(shop, "T", "net_amount, currency") == (pytest.approx(10.0, abs=0.01), "JPY")


def test_a_missing_rate_leaves_amounts_null_and_is_reported(shop: Shop) -> None:
    assert _ticket(shop, "E", "net_amount, gross_amount, units_sold") == (None, None, 1.0)
    assert shop.value("select net_amount_as_sold from marts.fct_sale_lines where sale_id = 'files:E'") == 10.0
    assert shop.value("select differing from marts.fct_reconciliations where check_name = 'rates_known'") == 1


def test_the_business_day_and_hour_follow_the_stores_own_clock(shop: Shop) -> None:
    assert _ticket(shop, "T", "business_date, hour") == (date(2025, 3, 8), 0)
    assert _ticket(shop, "E", "business_date, hour") == (date(2025, 3, 7), 23)


def test_clocks_that_change_during_the_day_are_followed(shop: Shop) -> None:
    assert _ticket(shop, "LOOSE", "business_date, hour") == (date(2025, 3, 9), 8)


def test_a_line_without_ticket_makes_one(shop: Shop) -> None:
    assert _ticket(shop, "LOOSE", "store_id, customer_id, channel, lines") == ("files:S9", "files:C1", "pos", 1)


def test_products_and_stores_that_no_file_names_are_made_from_their_ids(shop: Shop) -> None:
    assert shop.rows("select product, sku, kind from marts.dim_products where product_id = 'files:GHOST'") == [
        ("GHOST", "GHOST", "goods")
    ]
    assert shop.rows("select store, time_zone, currency from marts.dim_stores where store_id = 'files:S9'") == [
        ("S9", "America/New_York", "USD")
    ]


def test_labels_are_unique_where_names_are_not(shop: Shop) -> None:
    assert shop.rows("select product from marts.dim_products where name like 'Tea%' order by 1") == [
        ("Tea (T1)",),
        ("Tea (T2) (files:TEA2)",),
        ("Tea (T2) (files:TEA3)",),
    ]
    assert shop.rows("select store from marts.dim_stores order by 1") == [("Harbour (S1)",), ("Harbour (S2)",), ("S9",)]


def test_categories_come_from_both_ends_of_the_path(shop: Shop) -> None:
    assert shop.rows("select department, category from marts.dim_products where sku = 'M1'") == [("Food", "Milk")]


def test_lines_carry_the_name_of_their_promotion(shop: Shop) -> None:
    assert shop.rows("select distinct promotion from marts.fct_sale_lines where promotion is not null") == [("Spring",)]


def test_daily_sales_count_tickets_once_and_leave_charges_out(shop: Shop) -> None:
    found = shop.rows(
        "select product_id, units_sold, units_returned, net_amount, transactions, is_promoted"
        " from marts.fct_sales_daily where store_id = 'files:S1' and product_id in ('files:MILK', 'files:POST')"
    )
    assert found == [("files:MILK", 4, 3, 10, 2, True)]


def test_dates_reach_from_the_first_sale_to_400_days_after_the_as_of_day(shop: Shop) -> None:
    assert shop.rows("select min(date_day), max(date_day) from marts.dim_dates") == [
        (date(2025, 3, 7), date(2026, 4, 14))
    ]
