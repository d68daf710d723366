"""The same aggregates in pandas, from the same files."""

from __future__ import annotations

import resource
import sys
from typing import TYPE_CHECKING, Final

from benchmarks.folder import BenchmarkFolder
from benchmarks.process import Outcome
from benchmarks.timing import WARM_REPEATS, median_seconds, stopwatch

if TYPE_CHECKING:
    import pandas as pd

MEMORY_BYTES: Final = 12 * 1024**3
"""What pandas may take; beyond it the step is reported as too big for memory."""

LINE_COLUMNS: Final = (
    "sale_id",
    "store_id",
    "product_id",
    "sold_at",
    "quantity",
    "discount_amount",
    "net_amount",
    "unit_cost",
)


def aggregate(folder: BenchmarkFolder) -> Outcome:
    """Sales by store, product and day; tickets; payments by tender and day. Fewer columns than the marts have."""
    import pandas as pd

    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))

    def read(table: str, columns: tuple[str, ...], moment: str) -> pd.DataFrame:
        files = folder.files_of(table)
        frame = pd.concat([pd.read_csv(file, usecols=list(columns), engine="pyarrow") for file in files])
        return _with_business_date(frame.merge(stores, on="store_id"), moment)

    with stopwatch() as watch:
        stores = pd.read_csv(folder.files_of("stores")[0], usecols=["store_id", "name", "time_zone"])
        with stopwatch() as reading:
            lines = read("sale_lines", LINE_COLUMNS, "sold_at")
            payments = read("payments", ("sale_id", "store_id", "tender", "amount", "paid_at"), "paid_at")
        lines["units_sold"] = lines["quantity"].clip(lower=0)
        lines["units_returned"] = -lines["quantity"].clip(upper=0)
        lines["cost_amount"] = lines["quantity"] * lines["unit_cost"]
        sums = ["units_sold", "units_returned", "net_amount", "discount_amount", "cost_amount"]
        by_day = lines.groupby(["store_id", "product_id", "business_date"])
        daily = by_day[sums].sum().assign(transactions=by_day["sale_id"].nunique())
        tickets = lines.groupby("sale_id")[sums].sum()
        tenders = payments.groupby(["store_id", "tender", "business_date"])["amount"].sum()
    week = lines["business_date"].dt.to_period("W").dt.start_time
    query = median_seconds(lambda: lines.groupby([lines["name"], week])["net_amount"].sum(), WARM_REPEATS)
    return Outcome(
        watch.seconds,
        {
            "read_seconds": reading.seconds,
            "query_seconds": query,
            "net_amount": float(daily["net_amount"].sum()),
            "rows": len(daily) + len(tickets) + len(tenders),
        },
    )


def _with_business_date(frame: pd.DataFrame, moment: str) -> pd.DataFrame:
    """Add the store's local day. pandas has one time zone a column, so each zone goes by itself."""
    import pandas as pd

    frame[moment] = pd.to_datetime(frame[moment], utc=True)
    frame["business_date"] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    for zone in frame["time_zone"].unique():
        chosen = frame["time_zone"] == zone
        local = frame.loc[chosen, moment].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
        frame.loc[chosen, "business_date"] = local.astype("datetime64[us]")
    return frame
