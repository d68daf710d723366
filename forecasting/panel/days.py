"""The days of a panel from the marts: units, for which part of a day a product was there, and one-off bulk sales.

Reads the temporary tables `forecast_series` and `forecast_members` that `panel_from_warehouse` makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.panel.panel import Mask, Matrix
from retail.vocabulary import MARTS_SCHEMA

SEEN_FROM = 0.95
"""Share of a day's usual demand from which on the day counts as in stock: the units then measure demand."""

_USUAL_LINES = 20
_LARGE_TIMES = 8
_LARGE_UNITS = 10

_UNITS = f"""
select series_row, business_date - $first as day, sum(units_sold)::float as units
from {MARTS_SCHEMA}.fct_sales_daily
join forecast_members using (store_id, product_id)
where business_date between $first and $last
group by all
"""

_STOCK = f"""
select
    series.series_row,
    stock.business_date - $first as day,
    coalesce(
        partly.availability,
        case when stock.is_in_stock or stock.is_in_stock is null then 1.0 end
    )::float as availability
from {MARTS_SCHEMA}.fct_stock_daily as stock
join forecast_series as series using (store_id, product_id)
left join {MARTS_SCHEMA}.fct_stock_availability as partly using (store_id, product_id, business_date)
where stock.business_date between $first and $last
"""

# A regular large buyer makes large lines usual: then the 95th percentile is large itself, and nothing is taken out.
_BULK = f"""
with lines as (
    select members.series_row, lines.store_id, lines.product_id, lines.business_date, lines.units_sold::double as units
    from {MARTS_SCHEMA}.fct_sale_lines as lines
    join forecast_members as members using (store_id, product_id)
    where lines.units_sold > 0 and lines.business_date between $first and $last
),
usual as (
    select store_id, product_id, quantile_disc(units, 0.95) as large, median(units) as typical
    from lines
    group by store_id, product_id
    having count(*) >= {_USUAL_LINES}
)
select lines.series_row, lines.business_date - $first as day, sum(lines.units - usual.typical)::float as excess
from lines
join usual using (store_id, product_id)
where lines.units > greatest({_LARGE_UNITS}, {_LARGE_TIMES} * usual.large)
group by all
"""


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day of a panel, and how many days after it are wanted of known covariates."""

    first: date
    last: date
    horizon: int

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The calendar."""
        return pd.date_range(self.first, self.last, freq="D")

    @property
    def dates_ahead(self) -> pd.DatetimeIndex:
        """The calendar and the horizon after it."""
        return pd.date_range(self.first, periods=len(self.dates) + self.horizon, freq="D")


def fetch(warehouse: duckdb.DuckDBPyConnection, query: str, **values: object) -> dict[str, NDArray[np.generic]]:
    """The columns of a query's result as plain arrays; a null float is NaN."""
    return {
        name: np.ma.filled(column, np.nan) if isinstance(column, np.ma.MaskedArray) else np.asarray(column)
        for name, column in warehouse.execute(query, values).fetchnumpy().items()
    }


def sold_units(warehouse: duckdb.DuckDBPyConnection, series: pd.DataFrame, span: Span) -> Matrix:
    """Units sold by series and day: NaN before its start, 0 without a sale."""
    days = fetch(warehouse, _UNITS, first=span.first, last=span.last)
    units = np.zeros((len(series), len(span.dates)), dtype=np.float32)
    units[np.arange(units.shape[1])[None, :] < _place(series["start_date"], span)[:, None]] = np.nan
    units[days["series_row"], days["day"]] = np.maximum(days["units"], 0)
    return units


def available_days(
    warehouse: duckdb.DuckDBPyConnection, series: pd.DataFrame, span: Span, units: Matrix
) -> tuple[Mask, Matrix]:
    """Where demand can be seen in the units, and the share of each day that a product was there (NaN: unknown).

    Before the first record of stock, and for series without any, a product counts as there. After it a day off range
    counts only if it sold something.
    """
    stock = fetch(warehouse, _STOCK, first=span.first, last=span.last)
    first_stocked = _place(series["first_stocked"], span)
    unrecorded = np.arange(units.shape[1])[None, :] < first_stocked[:, None]
    availability = np.where(unrecorded | (np.nan_to_num(units) > 0), np.float32(1), np.float32(0))
    availability[stock["series_row"], stock["day"]] = stock["availability"]
    with np.errstate(invalid="ignore"):
        return availability >= SEEN_FROM, availability


def bulk_units(warehouse: duckdb.DuckDBPyConnection, units: Matrix, span: Span) -> Matrix:
    """Units of one-off bulk sales beyond a usual line.

    A line is bulk if it has more than 10 units and more than 8 times the 95th percentile of its product's lines in its
    store, of which there must be at least 20; what exceeds the median line is taken out.
    """
    bulk = fetch(warehouse, _BULK, first=span.first, last=span.last)
    excess = np.zeros_like(units)
    excess[bulk["series_row"], bulk["day"]] = bulk["excess"]
    return np.minimum(excess, np.nan_to_num(units))


def _place(days: pd.Series, span: Span) -> NDArray[np.int64]:
    """Each day's place on the calendar; after its end where there is none."""
    place = (pd.to_datetime(days) - pd.Timestamp(span.first)).dt.days
    return np.asarray(place.fillna(len(span.dates)), dtype=np.int64)
