"""For which part of a day a product was on the shelf: a ledger that books sales at close, and tickets with hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbt.conftest import Shop

FIRST = date(2025, 1, 6)
DAYS = 62
UNEXPLAINED = 6

# New York is five hours behind UTC until 9 March. B sells one unit an hour from 9 to 19 every day; A gets 4 units on
# every even day, and all are sold by half past eleven. S2 stamps every ticket at midnight.
_LINES = f"""
insert into raw_files.sale_lines (sale_line_id, sale_id, store_id, product_id, sold_at, quantity, net_amount)
select concat_ws('-', store_id, product_id, day, at_hour), concat_ws('-', store_id, product_id, day, at_hour),
    store_id, product_id,
    timestamptz '{FIRST} 05:00:00+00' + to_days(day) + to_minutes((if(store_id = 'S1', at_hour, 0) * 60)::int), 1, 2
from (
    select 'B' as product_id, day::int as day, unnest(range(9, 19)) as at_hour from range({DAYS}) as days(day)
    union all
    select 'A', day::int, unnest([9, 9.5, 10.5, 11.5]) from range(0, {DAYS}, 2) as days(day)
    union all
    select 'A', {UNEXPLAINED}, 15
    union all
    select 'C', day::int, 10 from range({DAYS}) as days(day)
)
cross join (select unnest(['S1', 'S2']) as store_id)
"""
# Two of C come every morning, and what is not sold expires. On the last day A comes at half past one and stays.
_MOVEMENTS = f"""
insert into raw_files.stock_movements (movement_id, store_id, product_id, moved_at, quantity, movement_type)
select concat_ws('-', store_id, product_id, day, at_hour), store_id, product_id,
    timestamptz '{FIRST} 05:00:00+00' + to_days(day) + to_minutes((at_hour * 60)::int), quantity, movement_type
from (
    select 'B' as product_id, 0 as day, 0 as at_hour, 1000 as quantity, 'opening' as movement_type
    union all select 'B', day::int, 20.5, -10, 'sale' from range({DAYS}) as days(day)
    union all select 'A', day::int, 6.5, 4, 'receipt' from range(0, {DAYS}, 2) as days(day)
    union all select 'A', day::int, 20.5, -4, 'sale' from range(0, {DAYS}, 2) as days(day)
    union all select 'A', {DAYS - 1}, 13.5, 5, 'receipt'
    union all select 'C', day::int, 6.5, 2, 'receipt' from range({DAYS}) as days(day)
    union all select 'C', day::int, 20.5, -1, 'sale' from range({DAYS}) as days(day)
    union all select 'C', day::int, 21.5, -1, 'shrinkage' from range({DAYS}) as days(day)
)
cross join (select unnest(['S1', 'S2']) as store_id)
"""


@pytest.fixture(scope="module")
def shop(make_shop: Callable[..., Shop]) -> Shop:
    """Two stores that sell the same; the tickets of the second have no time of day."""
    shop = make_shop()
    shop.insert("products", {"product_id": "A"}, {"product_id": "B"}, {"product_id": "C"})
    for store in ("S1", "S2"):
        shop.insert("stores", {"store_id": store, "time_zone": "America/New_York"})
    shop.execute(_LINES)
    shop.execute(_MOVEMENTS)
    shop.run()
    return shop


def _availability(shop: Shop, product: str, number: int, store: str = "S1") -> list[tuple[object, ...]]:
    return shop.rows(
        "select round(availability, 2), is_sold_out from marts.fct_stock_availability "
        f"where store_id = 'files:{store}' and product_id = 'files:{product}' "
        f"and business_date = date '{FIRST + timedelta(days=number)}'"
    )


def test_a_day_that_sold_out_was_served_until_the_last_sale(shop: Shop) -> None:
    # Two and a half of the ten hours at which the store sells had passed.
    assert _availability(shop, "A", 4) == [(0.25, True)]


def test_a_day_without_stock_was_not_served_at_all(shop: Shop) -> None:
    assert _availability(shop, "A", 5) == [(0, False)]


def test_a_delivery_in_the_afternoon_serves_the_rest_of_the_day(shop: Shop) -> None:
    assert _availability(shop, "A", DAYS - 1) == [(0.55, False)]


def test_what_expires_after_hours_was_there_all_day(shop: Shop) -> None:
    assert _availability(shop, "C", 5) == [(1, False)]


def test_days_that_began_and_ended_with_stock_have_no_row(shop: Shop) -> None:
    late = f"business_date > date '{FIRST}'"
    assert shop.value(f"select count(*) from marts.fct_stock_availability where product_id = 'files:B' and {late}") == 0


def test_without_hours_nobody_knows_when_it_sold_out(shop: Shop) -> None:
    assert _availability(shop, "A", 4, "S2") == [(None, True)]
    assert _availability(shop, "A", 5, "S2") == [(0, False)]


def test_sales_that_the_ledger_does_not_explain_leave_the_day_unknown(shop: Shop) -> None:
    assert _availability(shop, "A", UNEXPLAINED)[0][0] is None
