"""What a panel from the marts knows besides its days: promotions, prices, open days, part-days, bulk sales, statics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from forecasting.panel import Panel
from forecasting.panel.daily import demand_rows
from forecasting.panel.holidays import holiday_names, store_country
from forecasting.panel.opening import open_days
from forecasting.panel.warehouse import panel_from_warehouse
from forecasting.tables import DEMAND_DAILY, SCHEMAS

CUTOFF = date(2024, 6, 30)
Shop = Callable[..., duckdb.DuckDBPyConnection]


def _panel(marts: duckdb.DuckDBPyConnection, horizon: int = 7) -> Panel:
    return panel_from_warehouse(marts, CUTOFF, 100, horizon)


def _cell(panel: Panel, unique_id: str, day: date) -> tuple[int, int]:
    return panel.unique_ids.index(unique_id), (pd.Timestamp(day) - panel.dates[0]).days


def _stock(marts: duckdb.DuckDBPyConnection, out: dict[date, float | None]) -> None:
    """Product P1 of S1 has stock all June, but for the days given with their availability."""
    for day in pd.date_range("2024-06-01", CUTOFF):
        marts.execute(
            "insert into marts.fct_stock_daily values ('S1', 'P1', ?, 5, ?)", [day.date(), day.date() not in out]
        )
    for day, availability in out.items():
        marts.execute("insert into marts.fct_stock_availability values ('S1', 'P1', ?, ?)", [day, availability])


def test_promotions_are_known_ahead_and_take_effect_in_their_stores(shop: Shop) -> None:
    marts = shop(stores=2, products=2, days=60)
    marts.execute("insert into marts.fct_promotion_periods values ('A', 'P1', 'S1', '2024-06-28', '2024-07-02', 0.25)")
    marts.execute("insert into marts.fct_promotion_periods values ('B', 'P2', null, '2024-07-05', '2025-01-01', null)")
    panel = _panel(marts)
    promoted = panel.known["is_promoted"]
    assert promoted.shape == (4, 67)
    row, day = _cell(panel, "S1|P1", date(2024, 6, 28))
    assert promoted[row, day - 1 : day + 6].tolist() == [0, 1, 1, 1, 1, 1, 0]
    assert promoted[panel.unique_ids.index("S2|P1")].sum() == 0
    for store in ("S1", "S2"):
        assert panel.future("is_promoted", 7)[panel.unique_ids.index(f"{store}|P2")].tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_what_only_a_sale_tells_is_not_known_ahead(shop: Shop) -> None:
    marts = shop(stores=1, products=1, days=30)
    marts.execute("update marts.fct_sales_daily set is_promoted = true, net_amount = 3 * units_net")
    panel = _panel(marts)
    assert not panel.known["is_promoted"].any()
    assert np.isnan(panel.known["price"]).all()


def test_prices_are_the_stores_own_else_those_of_all_less_the_promotion(shop: Shop) -> None:
    marts = shop(stores=2, products=1, days=30)
    marts.execute(
        "insert into marts.fct_price_periods values ('P1', 'S1', '2024-06-20', '2024-06-24', 3), "
        "('P1', null, '2020-01-01', '2024-06-14', 4), ('P1', null, '2024-06-15', null, 5), "
        "('P1', null, '2024-07-02', null, 6)"
    )
    marts.execute("insert into marts.fct_promotion_periods values ('A', 'P1', 'S2', '2024-07-01', '2024-07-02', 0.5)")
    panel = _panel(marts)
    own, other = (panel.known["price"][panel.unique_ids.index(name)] for name in ("S1|P1", "S2|P1"))
    start = _cell(panel, "S1|P1", date(2024, 6, 14))[1]
    assert own[start : start + 12].tolist() == [4, 5, 5, 5, 5, 5, 3, 3, 3, 3, 3, 5]
    assert other[-7:].tolist() == [2.5, 3, 6, 6, 6, 6, 6]


def test_holidays_are_those_of_the_stores_country(shop: Shop) -> None:
    marts = shop(stores=2, products=1, days=30)
    marts.execute("update marts.dim_stores set country = null, time_zone = 'Europe/Berlin' where store_id = 'S2'")
    panel = _panel(marts)
    american, german = (panel.unique_ids.index(name) for name in ("S1|P1", "S2|P1"))
    fourth = len(panel.dates) + 3
    assert panel.known["is_holiday"][american, fourth] == 1
    assert panel.known["is_holiday"][german, fourth] == 0


@pytest.mark.parametrize(
    ("country", "time_zone", "currency", "expected"),
    [
        ("de", "America/New_York", "USD", "DE"),
        (None, "America/Chicago", "USD", "US"),
        (None, None, "PLN", "PL"),
        (None, "UTC", "EUR", None),
        (float("nan"), "Nowhere/Land", None, None),
    ],
)
def test_the_country_follows_from_the_time_zone_or_a_currency_of_one_country(
    country: object, time_zone: object, currency: object, expected: str | None
) -> None:
    assert store_country(country, time_zone, currency) == expected


def test_a_country_without_known_holidays_has_none() -> None:
    assert holiday_names("XX", None, None, pd.date_range("2024-12-25", periods=1)) == [""]


def test_a_store_is_closed_on_days_without_any_sale_and_on_the_same_holiday_next_year() -> None:
    dates = pd.date_range("2023-12-01", "2024-12-31")
    names = ["Christmas Day" if (day.month, day.day) == (12, 25) else "" for day in dates]
    past = len(dates) - 28
    has_sold = np.ones(past, dtype=bool)
    has_sold[24] = False
    is_open = open_days(has_sold, dates, names)
    assert dates[is_open == 0].strftime("%Y-%m-%d").tolist() == ["2023-12-25", "2024-12-25"]


def test_a_weekly_closing_day_goes_on() -> None:
    dates = pd.date_range("2024-01-01", periods=100)
    has_sold = (dates.day_of_week != 6)[:86]
    is_open = open_days(np.asarray(has_sold), dates, [""] * 100)
    assert (is_open == (dates.day_of_week != 6)).all()


def test_nobody_can_tell_when_a_store_with_few_sales_is_closed() -> None:
    dates = pd.date_range("2024-01-01", periods=100)
    has_sold = np.random.default_rng(1).random(90) < 0.6
    assert open_days(has_sold, dates, [""] * 100).all()
    assert open_days(np.zeros(90, dtype=bool), dates, [""] * 100).all()


def test_part_days_are_masked_with_their_share_and_days_served_in_full_are_seen(shop: Shop) -> None:
    marts = shop(stores=1, products=2, days=60)
    gone, unknown, part, full = (date(2024, 6, day) for day in (10, 12, 14, 16))
    _stock(marts, {gone: 0.0, unknown: None, part: 0.6, full: 1.0})
    panel = _panel(marts)
    row = panel.unique_ids.index("S1|P1")
    start = _cell(panel, "S1|P1", gone)[1]
    assert panel.availability is not None
    assert panel.availability[row, start : start + 8 : 2] == pytest.approx([0, np.nan, 0.6, 1], nan_ok=True)
    assert panel.in_stock[row, start : start + 8 : 2].tolist() == [False, False, False, True]
    assert panel.in_stock.sum() == panel.in_stock.size - 3


def test_one_off_bulk_sales_are_taken_out_and_regular_ones_are_not(shop: Shop) -> None:
    marts = shop(stores=1, products=2, days=60)
    marts.execute(
        "insert into marts.fct_sale_lines select store_id, product_id, business_date, 1 "
        "from marts.fct_sales_daily, range(2)"
    )
    day = CUTOFF - timedelta(days=5)
    marts.execute("insert into marts.fct_sale_lines values ('S1', 'P1', ?, 60)", [day])
    marts.execute(
        "insert into marts.fct_sale_lines select 'S1', 'P2', business_date, 60 from marts.fct_sales_daily "
        "where product_id = 'P2'"
    )
    marts.execute("update marts.fct_sales_daily set units_sold = 62 where product_id = 'P1' and business_date = ?",
                  [day])  # fmt: skip
    panel = _panel(marts)
    row, column = _cell(panel, "S1|P1", day)
    assert panel.excess is not None
    assert panel.excess[row, column] == 59
    assert panel.units[row, column] == 62
    assert panel.y[row, column] == 3
    assert panel.excess.sum() == 59


def test_statics_are_price_band_and_perishability(shop: Shop) -> None:
    marts = shop(stores=1, products=6, days=30)
    marts.execute(
        "update marts.dim_products set list_price = substr(product_id, 2)::int, shelf_life_days = "
        "case product_id when 'P1' then 2 when 'P2' then 10 when 'P3' then 40 when 'P4' then 46 end"
    )
    series = _panel(marts).series.set_index("unique_id")
    assert series["price_band"].sort_index().tolist() == ["low", "low", "middle", "middle", "high", "high"]
    assert series["perishability"].sort_index().tolist() == ["days", "week", "month", "long", "long", "long"]


def test_demand_rows_are_those_of_the_published_table(shop: Shop) -> None:
    marts = shop(stores=2, products=4, days=250)
    _stock(marts, {date(2024, 6, 10): None})
    panel = panel_from_warehouse(marts, CUTOFF, 3)
    rows = demand_rows(panel)
    assert list(rows) == list(SCHEMAS[DEMAND_DAILY])
    assert len(rows) == 3 * 182
    unknown = rows[rows["demand"].isna()]
    assert unknown[["store_id", "product_id", "is_in_stock"]].to_numpy().tolist() == [["S1", "P1", False]]
    assert unknown["units_sold"].notna().all()
