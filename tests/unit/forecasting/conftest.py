"""Small panels and a warehouse with the four marts that the forecast step reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame

LAST_DAY = date(2024, 6, 30)
WEEK = np.array([1.0, 0.8, 0.8, 0.9, 1.2, 1.8, 0.5])

_MARTS = """
create schema marts;
create table marts.dim_stores (
    store_id varchar, store varchar, country varchar, closed_date date, time_zone varchar, currency varchar
);
create table marts.dim_products (
    product_id varchar, product varchar, category varchar, kind varchar, launched_date date, discontinued_date date,
    list_price decimal(18, 4), shelf_life_days integer
);
create table marts.fct_promotion_periods (
    promotion_id varchar, product_id varchar, store_id varchar, starts_date date, ends_date date,
    discount_rate decimal(9, 6)
);
create table marts.fct_price_periods (
    product_id varchar, store_id varchar, valid_from_date date, valid_to_date date, price decimal(18, 4)
);
create table marts.fct_sale_lines (
    store_id varchar, product_id varchar, business_date date, units_sold decimal(18, 4)
);
create table marts.fct_stock_availability (
    store_id varchar, product_id varchar, business_date date, availability double
);
create table marts.fct_sales_daily (
    store_id varchar, product_id varchar, business_date date, units_sold decimal(18, 4), units_returned decimal(18, 4),
    units_net decimal(18, 4), net_amount decimal(18, 4), is_promoted boolean
);
create table marts.fct_stock_daily (
    store_id varchar, product_id varchar, business_date date, on_hand decimal(18, 4), is_in_stock boolean
);
"""


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts, empty."""
    with duckdb.connect() as connection:
        connection.execute(_MARTS)
        yield connection


@pytest.fixture
def shop(warehouse: duckdb.DuckDBPyConnection) -> Callable[..., duckdb.DuckDBPyConnection]:
    """Fill the marts: `shop(stores, products, days)` sells Poisson units of every product in every store on every day.

    Products are named P1, P2 … and sell less the higher their number; stores S1, S2 …; the last day is 2024-06-30.
    """

    def fill(stores: int = 2, products: int = 4, days: int = 120) -> duckdb.DuckDBPyConnection:
        generator = np.random.default_rng(5)
        dates = pd.date_range(end=LAST_DAY, periods=days)
        for store in range(1, stores + 1):
            warehouse.execute(
                "insert into marts.dim_stores (store_id, store, country) values (?, ?, 'US')",
                [f"S{store}", f"Store {store}"],
            )
        for product in range(1, products + 1):
            warehouse.execute(
                "insert into marts.dim_products (product_id, product, category, kind) values (?, ?, ?, 'goods')",
                [f"P{product}", f"Product {product}", f"Category {product % 2}"],
            )
            for store in range(1, stores + 1):
                units = generator.poisson(24 / product * WEEK[dates.day_of_week])
                sold = pd.DataFrame({"business_date": dates, "units": units.astype(float)}).query("units > 0")
                warehouse.execute(
                    "insert into marts.fct_sales_daily select ?, ?, business_date, units, 0, units, units * 2, false "
                    "from sold",
                    [f"S{store}", f"P{product}"],
                )
                assert len(sold)
        return warehouse

    return fill


@pytest.fixture
def panel() -> Callable[..., Panel]:
    """A daily panel of so many series with a weekly season: `panel(series, days)`."""

    def make(series: int = 6, days: int = 140) -> Panel:
        generator = np.random.default_rng(3)
        dates = pd.date_range(end=LAST_DAY, periods=days)
        level = np.linspace(3, 30, series)[:, None]
        units = generator.poisson(level * WEEK[dates.day_of_week])
        return panel_from_frame(
            pd.DataFrame(
                {
                    "unique_id": np.repeat([f"series {number}" for number in range(series)], days),
                    "ds": np.tile(dates, series),
                    "y": units.ravel().astype(float),
                }
            )
        )

    return make
