"""A warehouse with the marts that replenishment reads, filled line by line, and lines ready for the policy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy import stats

from forecasting.replenishment.cycle import Supply
from forecasting.replenishment.demand import DemandTotals, Scenarios
from forecasting.replenishment.run import ReplenishReport, replenish
from forecasting.tables import ensure_tables
from retail.settings import Settings
from retail.vocabulary import TOTAL_COLUMNS, TOTAL_LEVELS

TODAY = date(2024, 7, 1)  # a Monday
HORIZON = 28

_MARTS = """
create schema marts;
create schema raw_tillsight;
create table raw_tillsight.workspace as select 'EUR' as reporting_currency, 'UTC' as default_time_zone;
create table marts.dim_capabilities as select 'files' as source, 'stock_levels' as table_name, true as is_available;
create table marts.dim_stores (store_id varchar, store varchar, closed_date date);
create table marts.dim_products (
    product_id varchar, sku varchar, product varchar, category varchar, is_stocked boolean, is_active boolean,
    discontinued_date date, shelf_life_days integer, unit_cost decimal(18, 4), list_price decimal(18, 4),
    supplier_id varchar, source varchar
);
create table marts.dim_suppliers (
    supplier_id varchar, supplier varchar, minimum_order_amount decimal(18, 4), order_days varchar
);
create table marts.fct_supplier_terms (
    supplier_id varchar, product_id varchar, lead_time_days integer, order_days varchar, moq decimal(18, 4),
    pack_size decimal(18, 4), unit_cost decimal(18, 4)
);
create table marts.fct_stock_levels (
    store_id varchar, product_id varchar, as_of_date date, on_hand decimal(18, 4), reserved decimal(18, 4)
);
create table marts.fct_stock_batches (store_id varchar, product_id varchar, received_date date, units decimal(18, 4));
create table marts.fct_purchase_order_lines (
    purchase_order_id varchar, supplier_id varchar, store_id varchar, product_id varchar, status varchar,
    ordered_date date, expected_date date, first_received_date date, is_open boolean, on_order_quantity decimal(18, 4)
);
create table marts.fct_sales_daily (
    store_id varchar, product_id varchar, business_date date, units_sold decimal(18, 4), units_net decimal(18, 4),
    net_amount decimal(18, 4)
);
"""


def gamma_totals(daily: float, shape: float = 2.0, horizon: int = HORIZON) -> tuple[np.ndarray, np.ndarray]:
    """Mean and quantiles of independent gamma days added up. Shapes (horizon,) and (horizon, levels)."""
    days = np.arange(1, horizon + 1)
    quantiles = stats.gamma.ppf(np.array(TOTAL_LEVELS), shape * days[:, None], scale=max(daily, 1e-9) / shape)
    return daily * days, np.where(daily > 0, quantiles, 0.0)


def gamma_demand(*daily: float, whole: bool = False, shape: float = 2.0, share_gone: float = 0.0) -> DemandTotals:
    """Demand of one series for each daily mean."""
    totals = [gamma_totals(mean, shape) for mean in daily]
    return DemandTotals(
        mean=np.array([mean for mean, _ in totals]),
        quantiles=np.array([quantiles for _, quantiles in totals]),
        is_whole=np.full(len(daily), whole),
        days_gone=0,
        share_gone=np.full(len(daily), share_gone),
    )


def plain_supply(lines: int, scenarios: Scenarios, **changed: Any) -> Supply:
    """Nothing on hand or on its way; orders today and in a week, on the shelf after two days."""
    number = len(scenarios)
    events = pd.DataFrame({"row": [], "day": [], "quantity": []}).astype({"row": int, "day": int, "quantity": float})
    values: dict[str, Any] = {
        "available": np.zeros(lines),
        "arrivals": events,
        "batches": events,
        "order_day": np.zeros(lines, dtype=np.int64),
        "next_order_day": np.full(lines, 7, dtype=np.int64),
        "lead_time": np.full((lines, number), 2, dtype=np.int64),
        "next_lead_time": np.full((lines, number), 2, dtype=np.int64),
        "shelf_life": np.full(lines, np.nan),
    }
    return Supply(**values | changed)


def policy_lines(lines: int = 1, **changed: Any) -> pd.DataFrame:
    """Lines as the policy reads them: price 10, cost 6, a week's review."""
    values: dict[str, Any] = {
        "product_id": [f"P{number}" for number in range(lines)],
        "store_id": "S1",
        "price": 10.0,
        "unit_cost": 6.0,
        "review_days": 7,
        "moq": np.nan,
        "pack_size": np.nan,
        "service_level": np.nan,
        "service_level_source": "",
        "abc_class": "A",
        "xyz_class": "X",
        "may_order": True,
        "shelf_life_days": np.nan,
        "mean_daily_demand": 2.0,
        "supplier_minimum_amount": np.nan,
        "order_key": "V1|S1|2024-07-01",
    }
    return pd.DataFrame(values | changed, index=range(lines))


class Market:
    """A shop's warehouse that tests fill; `run` replenishes it and `drafts` reads what came of it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        connection.execute(_MARTS)
        ensure_tables(connection)
        self._stores: set[str] = set()
        self._products: set[str] = set()
        self.supplier("V1")

    def supplier(self, supplier_id: str, minimum: float | None = None, order_days: str | None = "mon") -> None:
        """A supplier that takes orders on some weekdays."""
        self._insert("dim_suppliers", supplier_id, f"Supplier {supplier_id}", minimum, order_days)

    def line(
        self,
        product_id: str = "P1",
        store_id: str = "S1",
        *,
        daily: float = 2.0,
        on_hand: float | None = 10,
        reserved: float = 0,
        supplier_id: str | None = "V1",
        lead_time: int | None = 2,
        moq: float | None = None,
        pack: float | None = None,
        cost: float | None = 6.0,
        price: float | None = 10.0,
        shelf_life: int | None = None,
        order_days: str | None = None,
        evidence: str = "ok",
        is_stocked: bool = True,
        discontinued: date | None = None,
        closed: date | None = None,
    ) -> None:
        """A product in a store with its stock, its terms and a forecast."""
        if store_id not in self._stores:
            self._stores.add(store_id)
            self._insert("dim_stores", store_id, f"Store {store_id}", closed)
        if product_id not in self._products:
            self._products.add(product_id)
            self._insert(
                "dim_products", product_id, product_id, f"Product {product_id}", "Food", is_stocked, True,
                discontinued, shelf_life, cost, price, supplier_id, "files",
            )  # fmt: skip
            if supplier_id is not None:
                self._insert("fct_supplier_terms", supplier_id, product_id, lead_time, order_days, moq, pack, cost)
        if on_hand is not None:
            self._insert("fct_stock_levels", store_id, product_id, TODAY, on_hand, reserved)
        self._forecast(product_id, store_id, daily, evidence)

    def _forecast(self, product_id: str, store_id: str, daily: float, evidence: str) -> None:
        mean, quantiles = gamma_totals(daily)
        days = np.arange(1, HORIZON + 1)
        cutoff = TODAY - timedelta(days=1)
        rows = pd.DataFrame(
            {
                "series_id": f"{store_id}|{product_id}",
                "store_id": store_id,
                "product_id": product_id,
                "cutoff_date": cutoff,
                "horizon_days": days,
                "target_date": [cutoff + timedelta(days=int(day)) for day in days],
                "model_name": "bundled",
                "evidence": evidence,
                "mean_units": mean,
                **{name: quantiles[:, number] for number, name in enumerate(TOTAL_COLUMNS)},
            }
        )
        assert len(rows) == HORIZON
        self.connection.execute("insert into marts.fct_demand_totals select * from rows")

    def order(
        self,
        number: int,
        product_id: str = "P1",
        store_id: str = "S1",
        *,
        days_ago: int,
        took: int | None = None,
        quantity: float = 0,
        expected_in: int | None = None,
    ) -> None:
        """A purchase order line: received after `took` days, or open still with `quantity` units to come."""
        ordered = TODAY - timedelta(days=days_ago)
        received = None if took is None else ordered + timedelta(days=took)
        expected = None if expected_in is None else TODAY + timedelta(days=expected_in)
        self._insert(
            "fct_purchase_order_lines", f"PO{number}", "V1", store_id, product_id,
            "open" if received is None else "closed", ordered, expected, received, received is None, quantity,
        )  # fmt: skip

    def batch(self, units: float, days_ago: int, product_id: str = "P1", store_id: str = "S1") -> None:
        """Units on hand that came in some days ago."""
        self._insert("fct_stock_batches", store_id, product_id, TODAY - timedelta(days=days_ago), units)

    def sale(self, days_ago: int, units: float, amount: float, product_id: str = "P1", store_id: str = "S1") -> None:
        """A day's sales."""
        day = TODAY - timedelta(days=days_ago)
        self._insert("fct_sales_daily", store_id, product_id, day, units, units, amount)

    def run(self, settings: Settings | None = None, **given: Any) -> ReplenishReport:
        """Replenish."""
        return replenish(self.connection, settings or Settings(), run_id="r1", **given)

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table, in their order."""
        found = self.connection.execute(f"from marts.{name}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    @property
    def drafts(self) -> list[dict[str, Any]]:
        """What is drafted."""
        return self.table("fct_reorder_drafts")

    @property
    def draft(self) -> dict[str, Any]:
        """The one draft there is."""
        (only,) = self.drafts
        return only

    def _insert(self, table: str, *values: object) -> None:
        self.connection.execute(f"insert into marts.{table} values ({', '.join('?' * len(values))})", values)
