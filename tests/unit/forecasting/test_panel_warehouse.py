"""Which series the marts give, and their days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from forecasting.panel import Panel
from forecasting.panel.warehouse import find_cutoff, panel_from_warehouse
from retail.errors import ForecastError

CUTOFF = date(2024, 6, 30)
Shop = Callable[..., duckdb.DuckDBPyConnection]


def _row(panel: Panel, unique_id: str) -> int:
    return panel.unique_ids.index(unique_id)


def _sell(shop: duckdb.DuckDBPyConnection, product: str, day: date, units: float, returned: float = 0) -> None:
    shop.execute(
        "insert into marts.fct_sales_daily values ('S1', ?, ?, ?, ?, ?, ?, false)",
        [product, day, units, returned, units - returned, 2 * (units - returned)],
    )


def _add_product(shop: duckdb.DuckDBPyConnection, product: str, kind: str = "goods") -> None:
    shop.execute(
        "insert into marts.dim_products (product_id, product, category, kind) values (?, ?, 'Dairy', ?)",
        [product, product, kind],
    )


def test_every_active_pair_is_a_series_with_a_complete_calendar(shop: Shop) -> None:
    panel = panel_from_warehouse(shop(stores=2, products=3, days=60), CUTOFF, 100)
    assert len(panel) == 6
    assert set(panel.series["level"]) == {"product_store"}
    assert len(panel.dates) == 60
    assert panel.dates[-1].date() == CUTOFF
    assert np.isfinite(panel.units[_row(panel, "S1|P1")]).all()


def test_days_without_a_sale_are_zero_from_the_first_sale_on(shop: Shop) -> None:
    marts = shop(products=1, days=30)
    _add_product(marts, "P9")
    _sell(marts, "P9", CUTOFF - timedelta(days=9), 4)
    _sell(marts, "P9", CUTOFF - timedelta(days=5), 2)
    panel = panel_from_warehouse(marts, CUTOFF, 100)
    units = panel.units[_row(panel, "S1|P9")]
    assert np.isnan(units[:20]).all()
    assert units[20:].tolist() == [4, 0, 0, 0, 2, 0, 0, 0, 0, 0]


def test_returns_are_not_demand(shop: Shop) -> None:
    marts = shop(products=1, days=30)
    _add_product(marts, "P9")
    _sell(marts, "P9", CUTOFF - timedelta(days=1), 5)
    _sell(marts, "P9", CUTOFF, 0, returned=3)
    panel = panel_from_warehouse(marts, CUTOFF, 100)
    assert panel.units[_row(panel, "S1|P9"), -2:].tolist() == [5.0, 0.0]


def test_stockout_days_are_masked_and_their_units_kept(shop: Shop) -> None:
    marts = shop(stores=1, products=1, days=30)
    marts.execute(
        "insert into marts.fct_stock_daily select 'S1', 'P1', day::date, 5, day <> date '2024-06-20' "
        "from range(timestamp '2024-06-01', timestamp '2024-07-01', interval 1 day) as days(day)"
    )
    panel = panel_from_warehouse(marts, CUTOFF, 100)
    masked = np.flatnonzero(np.isnan(panel.y[0]))
    assert [panel.dates[day].date() for day in masked] == [date(2024, 6, 20)]
    assert panel.units[0, masked[0]] > 0


def test_a_pair_without_a_stock_ledger_counts_as_in_stock(shop: Shop) -> None:
    panel = panel_from_warehouse(shop(), CUTOFF, 100)
    assert panel.in_stock.all()


def test_products_that_stopped_are_left_out(shop: Shop) -> None:
    marts = shop(stores=1, products=2, days=120)
    for product in ("old", "charge", "gone"):
        _add_product(marts, product, kind="charge" if product == "charge" else "goods")
    _sell(marts, "old", CUTOFF - timedelta(days=90), 5)
    _sell(marts, "charge", CUTOFF, 5)
    _sell(marts, "gone", CUTOFF, 5)
    marts.execute("update marts.dim_products set discontinued_date = ? where product_id = 'gone'", [CUTOFF])
    panel = panel_from_warehouse(marts, CUTOFF, 100)
    assert panel.unique_ids == ["S1|P1", "S1|P2"]


def test_a_closed_store_is_left_out(shop: Shop) -> None:
    marts = shop(stores=2, products=1)
    marts.execute("update marts.dim_stores set closed_date = ? where store_id = 'S2'", [CUTOFF])
    assert panel_from_warehouse(marts, CUTOFF, 100).unique_ids == ["S1|P1"]


def test_stock_without_a_sale_makes_a_series_of_zeros(shop: Shop) -> None:
    marts = shop(stores=1, products=1, days=30)
    _add_product(marts, "unsold")
    marts.execute("insert into marts.fct_stock_daily values ('S1', 'unsold', date '2024-06-25', 3, true)")
    panel = panel_from_warehouse(marts, CUTOFF, 100)
    row = _row(panel, "S1|unsold")
    assert panel.history[row] == 6
    assert np.nansum(panel.units[row]) == 0


def test_the_busiest_pairs_stand_alone_and_the_others_are_summed_by_category(shop: Shop) -> None:
    marts = shop(stores=2, products=4, days=60)
    panel = panel_from_warehouse(marts, CUTOFF, 3)
    assert panel.series["level"].tolist()[:3] == ["product_store"] * 3
    assert set(panel.series["level"].tolist()[3:]) == {"category_store"}
    sold = marts.execute("select sum(units_sold) from marts.fct_sales_daily").fetchone()
    assert sold is not None
    assert np.nansum(panel.units) == pytest.approx(float(sold[0]))
    rest = panel.series[panel.series["level"] == "category_store"].iloc[0]
    assert rest["unique_id"] == f"{rest['store_id']}|category:{rest['category']}"
    assert pd.isna(rest["product_id"])


def test_the_cutoff_is_the_last_day_with_sales_before_today(shop: Shop) -> None:
    marts = shop()
    assert find_cutoff(marts, date(2024, 6, 30)) == date(2024, 6, 29)
    assert find_cutoff(marts, date(2024, 7, 9)) == date(2024, 6, 30)
    assert find_cutoff(marts) == date(2024, 6, 29), "without a control table the newest day may be incomplete"


def test_the_workspace_says_which_day_is_today_in_its_time_zone(shop: Shop) -> None:
    marts = shop()
    marts.execute("create schema raw_tillsight")
    marts.execute(
        "create table raw_tillsight.workspace as select timestamptz '2024-06-29 02:00:00+00' as as_of_at, "
        "'America/New_York' as default_time_zone"
    )
    assert find_cutoff(marts) == date(2024, 6, 27)


def test_an_empty_shop_has_no_cutoff(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert find_cutoff(warehouse) is None


def test_missing_marts_are_named_with_what_to_do() -> None:
    with duckdb.connect() as connection, pytest.raises(ForecastError, match="Run the transform step first"):
        panel_from_warehouse(connection, CUTOFF, 10)
