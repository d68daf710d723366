"""`python -m benchmarks.stockouts`: the tables of docs/demand.md, how well lost demand is estimated.

The sample chain's true demand is known. On FreshRetailNet it is not: stockouts that really happened to one series are
laid over days on which another of the same store and category was in stock all day, its sales in those hours are
hidden, and the estimate is compared with what was hidden.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.forecasting import SHARED
from forecasting.panel import Mask, Panel
from forecasting.panel.correction import correct
from forecasting.panel.warehouse import find_cutoff, panel_from_warehouse
from retail.duckdb_options import OFFLINE

Values = NDArray[np.float64]

WORKSPACE = Path("data") / "demo-sample"
OPEN, CLOSED = 6, 22
"""Hours of FreshRetailNet in which its stores sell."""

_TRUTH = """
select 'files:' || store_id || '|files:' || product_id as unique_id, business_date, true_units
from read_parquet(?)
"""
_HOURS = """
select
    store_id || '|' || product_id as unique_id,
    store_id,
    third_category_id as category,
    dt,
    holiday_flag or activity_flag as is_promoted,
    hours_sale_x100 as hours,
    stockout_mask
from read_parquet(?)
order by unique_id, dt
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """A panel with stockouts and what its demand was in truth.

    Attributes:
        name: Of the set.
        panel: As an analyst would have it.
        truth: Demand, NaN where it is unknown. Shape (series, dates).
        hidden: Cells out of stock whose truth is known: they are scored on their own.
    """

    name: str
    panel: Panel
    truth: Values
    hidden: Mask


def main() -> int:
    """Estimate, score and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stockouts", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=WORKSPACE, help="made by `make demo` (data/demo-sample)")
    arguments = parser.parse_args()
    trials = [sample_chain(arguments.workspace), fresh_retail(SHARED / "freshretailnet_sample.parquet")]
    print("| set | cells | estimate | number of cells | bias | WAPE |\n" + "|---" * 6 + "|")
    for trial in trials:
        if trial is not None:
            print("\n".join(_rows(trial)), flush=True)
    return 0


def sample_chain(workspace: Path) -> Trial | None:
    """The demo's warehouse and its true demand, which no step of the product ever reads."""
    warehouse, truth = workspace / "warehouse.duckdb", workspace / "truth" / "true_demand.parquet"
    if not (warehouse.exists() and truth.exists()):
        print(f"The sample chain is left out: run `make demo SERVE=0` to make {workspace}.", file=sys.stderr)
        return None
    with duckdb.connect(str(warehouse), read_only=True, config={**OFFLINE}) as connection:
        cutoff_date = find_cutoff(connection)
        assert cutoff_date is not None
        panel = panel_from_warehouse(connection, cutoff_date, 10_000)
        frame = connection.execute(_TRUTH, [str(truth)]).df()
    demand = frame.pivot_table(index="unique_id", columns="business_date", values="true_units")
    known = demand.reindex(index=panel.unique_ids, columns=panel.dates).to_numpy(dtype=np.float64, copy=True)
    known[~np.isfinite(panel.units)] = np.nan
    return Trial("sample chain", panel, known, np.isfinite(known) & ~panel.in_stock)


def fresh_retail(file: Path) -> Trial | None:
    """FreshRetailNet with stockouts of one series laid over full days of another, half of the pairs each way."""
    if not file.exists():
        print(f"FreshRetailNet is left out: {file} is absent.", file=sys.stderr)
        return None
    with duckdb.connect(config={**OFFLINE}) as connection:
        frame = connection.execute(_HOURS, [str(file)]).df()
    series = frame.drop_duplicates("unique_id")[["unique_id", "store_id", "category"]].reset_index(drop=True)
    dates = pd.DatetimeIndex(sorted(frame["dt"].unique()))
    place = series.index[series["unique_id"].searchsorted(frame["unique_id"])], dates.searchsorted(frame["dt"])
    hours = np.full((len(series), len(dates), 24), np.nan, dtype=np.float32)
    hours[place] = np.stack(list(frame["hours"])).astype(np.float32) / 100
    missing = np.zeros(hours.shape, dtype=bool)
    missing[place] = (frame["stockout_mask"].to_numpy()[:, None] >> np.arange(24)) & 1
    hours, missing = hours[:, :, OPEN:CLOSED], missing[:, :, OPEN:CLOSED]
    promoted = np.zeros(hours.shape[:2], dtype=np.float32)
    promoted[place] = frame["is_promoted"]
    laid = _laid_over(series, missing)
    served = ~(missing | laid)
    panel = Panel(
        series,
        dates,
        np.where(served, hours, 0).sum(axis=2),
        np.asarray(served.all(axis=2)),
        {"is_promoted": promoted},
        availability=_availability(hours, served, series),
    )
    full = np.asarray(~missing.any(axis=2) & np.isfinite(hours).all(axis=2))
    truth = np.where(full, hours.sum(axis=2), np.nan).astype(np.float64)
    return Trial("FreshRetailNet sample", panel, truth, full & np.asarray(laid.any(axis=2)))


def _laid_over(series: pd.DataFrame, missing: Mask) -> Mask:
    """Each series' full days take the stockouts of the next series of its category in its store, on the same days."""
    donor = series.groupby(["store_id", "category"], sort=False)["unique_id"].transform(lambda ids: np.roll(ids, -1))
    donors = missing[series["unique_id"].searchsorted(donor.to_numpy())]
    full = np.asarray(~missing.any(axis=2))
    return donors & full[:, :, None] & (donor != series["unique_id"]).to_numpy()[:, None, None]


def _availability(hours: NDArray[np.float32], served: Mask, series: pd.DataFrame) -> NDArray[np.float32]:
    """Share of each day's usual sales in the hours served, by category, from days served in full."""
    category = series.groupby("category").ngroup().to_numpy()
    full = np.asarray(served.all(axis=2))
    profile = np.zeros((category.max() + 1, hours.shape[2]))
    np.add.at(profile, category, np.where(full[:, :, None], np.nan_to_num(hours), 0).sum(axis=1))
    overall = profile.sum(axis=0) / profile.sum()
    profile = profile + 50 * overall
    share = (profile / profile.sum(axis=1, keepdims=True))[category]
    return np.asarray(np.where(served, share[:, None, :], 0).sum(axis=2), dtype=np.float32)


def _rows(trial: Trial) -> list[str]:
    corrected = correct(trial.panel)
    sold = np.nan_to_num(corrected.units).astype(np.float64)
    mean = np.nanmean(np.where(trial.panel.in_stock, sold, np.nan), axis=1, keepdims=True)
    estimates = {
        "raw sales": sold,
        "mean of days in stock": np.where(trial.panel.in_stock | ~np.isfinite(mean), sold, mean),
        "corrected": np.where(np.isfinite(corrected.demand), corrected.demand, sold),
    }
    everywhere = np.isfinite(trial.truth) & (trial.panel.in_stock | trial.hidden)
    parts = {"all": everywhere, "out of stock": trial.hidden}
    rows = []
    for cells, mask in parts.items():
        truth = trial.truth[mask]
        for name, estimate in estimates.items():
            error = estimate[mask] - truth
            bias, wape = error.sum() / truth.sum(), np.abs(error).sum() / truth.sum()
            rows.append(f"| {trial.name} | {cells} | {name} | {len(truth):,} | {bias:+.2%} | {wape:.1%} |")
    return rows


if __name__ == "__main__":
    sys.exit(main())
