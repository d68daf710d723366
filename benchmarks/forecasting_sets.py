"""The sets that forecasts are measured on, as panels.

The research sets lie in the folder `shared` beside the checkout; the demos are read from the warehouses of their
workspaces (`make demo SERVE=0`, `make demo DATASET=complete-journey SERVE=0`). What is absent is left out, and said.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from forecasting.frequency import frequency
from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame
from forecasting.panel.warehouse import find_cutoff, panel_from_warehouse
from retail.duckdb_options import OFFLINE
from retail.settings import Settings

CHECKOUT = Path(__file__).parent.parent
SHARED = CHECKOUT.parent / "shared" / "data"
WORKSPACES = {"sample chain": "demo-sample", "Complete Journey": "demo-complete-journey"}


@dataclass(frozen=True, slots=True)
class ResearchSet:
    """A set in the shared folder.

    Attributes:
        name: Its name in tables.
        frequency_code: D, W or M.
        horizon: Periods to forecast.
        query: Makes `unique_id, ds, y, in_stock` and the columns below from `{folder}`.
        known: Columns known for the future too.
        static: Columns that describe a series.
    """

    name: str
    frequency_code: str
    horizon: int
    query: str
    known: Sequence[str] = field(default=())
    static: Sequence[str] = field(default=())


RESEARCH_SETS = (
    ResearchSet(
        "FreshRetailNet sample",
        "D",
        14,
        """
        select
            store_id || '|' || product_id as unique_id, dt as ds, list_sum(hours_sale_x100) / 100 as y,
            stockout_hours_6_22 = 0 as in_stock, discount::double as price, activity_flag::double as is_promoted,
            holiday_flag::double as is_holiday, store_id::varchar as store_id, third_category_id::varchar as category
        from read_parquet('{folder}/freshretailnet_sample.parquet')
        """,
        ("price", "is_promoted", "is_holiday"),
        ("store_id", "category"),
    ),
    ResearchSet(
        "VN2",
        "W",
        8,
        """
        select
            Store || '|' || Product as unique_id, week as ds, sales::double as y, in_stock,
            Store::varchar as store_id, Department::varchar as category
        from read_parquet('{folder}/vn2/weekly_sales_in_stock.parquet') as weeks
        join read_parquet('{folder}/vn2/master.parquet') as master using (Store, Product)
        """,
        static=("store_id", "category"),
    ),
    ResearchSet(
        "store-item",
        "D",
        28,
        """
        select
            store || '|' || item as unique_id, date as ds, sales::double as y, true as in_stock,
            store::varchar as store_id
        from read_parquet('{folder}/store_item_demand.parquet')
        """,
        static=("store_id",),
    ),
    ResearchSet(
        "car parts",
        "M",
        6,
        """
        select part::varchar as unique_id, month as ds, sales::double as y, true as in_stock
        from read_parquet('{folder}/carparts.parquet')
        """,
    ),
)


@dataclass(frozen=True, slots=True)
class MeasuredSet:
    """A set to measure on; `read` makes its panel."""

    name: str
    horizon: int
    read: Callable[[], Panel]


def measured_sets(only: Sequence[str] = (), home: Path = CHECKOUT / "data") -> Iterator[MeasuredSet]:
    """Every set that is there, or those named; what is absent is named on standard error."""
    for name, workspace in WORKSPACES.items():
        file = home / workspace / "warehouse.duckdb"
        if not only or name in only:
            yield from _if_present(name, file, MeasuredSet(name, 28, partial(_of_a_shop, file)))
    for each in RESEARCH_SETS:
        if not only or each.name in only:
            yield from _if_present(each.name, SHARED, MeasuredSet(each.name, each.horizon, partial(_of_research, each)))


def _if_present(name: str, path: Path, measured: MeasuredSet) -> Iterator[MeasuredSet]:
    if path.exists():
        yield measured
    else:
        print(f"{name} is left out: {path} is absent.", file=sys.stderr)


def _of_research(each: ResearchSet) -> Panel:
    with duckdb.connect(config={**OFFLINE}) as connection:
        frame = connection.execute(each.query.format(folder=SHARED)).df()
    return panel_from_frame(
        frame, frequency(each.frequency_code), in_stock="in_stock", known=each.known, static=each.static
    )


def _of_a_shop(file: Path) -> Panel:
    with duckdb.connect(str(file), read_only=True, config={**OFFLINE}) as connection:
        cutoff_date = find_cutoff(connection)
        if cutoff_date is None:
            sys.exit(f"{file} holds no sales.")
        settings = Settings()
        return panel_from_warehouse(
            connection, cutoff_date, settings.forecast_max_series, settings.forecast_horizon_days
        )
