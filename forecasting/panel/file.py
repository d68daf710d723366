"""A panel from a long table: what the backtest reads from a file, and what tests write by hand."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from forecasting.frequency import DAILY, Frequency
from forecasting.panel.panel import MAX_HISTORY, Mask, Matrix, Panel
from retail.duckdb_options import OFFLINE
from retail.errors import UnusableRequest

log = logging.getLogger(__name__)


def read_panel_file(
    path: Path,
    frequency: Frequency = DAILY,
    *,
    known: Sequence[str] = (),
    static: Sequence[str] = (),
    in_stock: str | None = None,
    max_series: int | None = None,
) -> Panel:
    """Read `unique_id, ds, y` and the named columns from a Parquet file (see `panel_from_frame`).

    Args:
        path: The file.
        frequency: Length of a period.
        known: Columns known for the future too.
        static: Columns that describe a series.
        in_stock: Column that says whether demand could be seen.
        max_series: Keep a seeded sample of so many series; null keeps all.

    Raises:
        UnusableRequest: The file cannot be read or is no panel; says what is wrong with it.
    """
    columns = list(dict.fromkeys(["unique_id", "ds", "y", *known, *static, *([in_stock] if in_stock else [])]))
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    try:
        with duckdb.connect(config={**OFFLINE}) as connection:
            frame = connection.execute(f"select {names} from read_parquet(?)", [str(path)]).df()
    except duckdb.Error as error:
        raise UnusableRequest(
            f"{path} cannot be read as a panel: {error}. It needs the columns {', '.join(columns)} in a Parquet file."
        ) from error
    panel = panel_from_frame(frame, frequency, known=known, static=static, in_stock=in_stock)
    return panel if max_series is None else panel.sample(max_series)


def panel_from_frame(
    frame: pd.DataFrame,
    frequency: Frequency = DAILY,
    *,
    known: Sequence[str] = (),
    static: Sequence[str] = (),
    in_stock: str | None = None,
) -> Panel:
    """Lay a long table out on one calendar.

    A missing row between a series' first and last is a period without sales (0); an explicit null is unknown. Rows for
    the same series and period are added up. Negative values are returns, not demand, and count as 0. The calendar ends
    with the last known value of any series; rows after it say what is known of the future. History beyond `MAX_HISTORY`
    periods before the last date is left out.

    Args:
        frame: Columns `unique_id, ds, y` and those named below; any order of rows.
        frequency: Length of a period; weeks are counted from the first date.
        known: Columns known for the future too (promotion, price), kept as known covariates.
        static: Columns that describe a series; the first value counts.
        in_stock: Column that says whether demand could be seen, true or false.

    Raises:
        UnusableRequest: A column is missing or of the wrong kind, or no usable row is left.
    """
    _check_columns(frame, ["unique_id", "ds", "y", *known, *static, *([in_stock] if in_stock else [])])
    rows = _usable_rows(frame)
    position, dates, past = _calendar(rows["ds"], _is_known(rows["y"]), frequency)
    codes, ids = pd.factorize(rows["unique_id"].astype(str), sort=True)
    keep = position >= 0
    rows, position, codes = rows[keep], position[keep], codes[keep]
    known_values = {name: _scatter(rows[name], codes, position, (len(ids), len(dates))) for name in known}
    is_past = position < past
    rows, position, codes = rows[is_past], position[is_past], codes[is_past]
    shape = (len(ids), past)
    units = _units(rows["y"].to_numpy(dtype=np.float64, na_value=np.nan), codes, position, shape)
    stocked = np.isfinite(units)
    if in_stock:
        flag = rows[in_stock].fillna(value=True).to_numpy(dtype=bool)
        stocked[codes[~flag], position[~flag]] = False
    described = rows.drop_duplicates("unique_id").assign(unique_id=lambda table: table["unique_id"].astype(str))
    series = pd.DataFrame({"unique_id": ids}).merge(described[["unique_id", *static]], on="unique_id", how="left")
    panel = Panel(series, dates[:past], units, stocked, known_values, frequency=frequency)
    return panel.take(np.flatnonzero(panel.history))


def _check_columns(frame: pd.DataFrame, wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise UnusableRequest(f"The panel lacks the column {', '.join(missing)}; it has {', '.join(frame.columns)}.")
    if not pd.api.types.is_numeric_dtype(frame["y"]):
        raise UnusableRequest(f"The panel's column y is {frame['y'].dtype}, not a number.")


def _usable_rows(frame: pd.DataFrame) -> pd.DataFrame:
    try:
        rows = frame.assign(ds=pd.to_datetime(frame["ds"]).dt.normalize())
    except (ValueError, TypeError) as error:
        raise UnusableRequest(f"The panel's column ds holds something that is no date: {error}.") from error
    rows = rows[rows["ds"].notna() & rows["unique_id"].notna()]
    if not _is_known(rows["y"]).any():
        raise UnusableRequest("The panel has no row with a series, a date and a value.")
    negative = int((rows["y"] < 0).sum())
    if negative:
        log.warning("%d negative values count as 0: returns are not demand.", negative)
    return rows


def _is_known(values: pd.Series) -> Mask:
    return np.asarray(np.isfinite(values.to_numpy(dtype=np.float64, na_value=np.nan)))


def _calendar(ds: pd.Series, has_value: Mask, frequency: Frequency) -> tuple[np.ndarray, pd.DatetimeIndex, int]:
    """Each row's place (negative: too old to keep), all periods, and how many of them are the past."""
    first, last = ds.min(), ds.max()
    if frequency.code == "M":
        place = (ds.dt.year * 12 + ds.dt.month).to_numpy() - (first.year * 12 + first.month)
        ends = bool(ds.dt.is_month_end.all())
        start = first if ends else first.replace(day=1)
        dates = pd.date_range(start, periods=int(place.max()) + 1, freq="ME" if ends else "MS")
    else:
        days = 7 if frequency.code == "W" else 1
        place = (ds - first).dt.days.to_numpy() // days
        dates = pd.date_range(first, periods=(last - first).days // days + 1, freq=f"{days}D")
    past = int(place[has_value].max()) + 1
    cut = max(0, past - MAX_HISTORY)
    return place - cut, dates[cut:], past - cut


def _units(values: np.ndarray, codes: np.ndarray, position: np.ndarray, shape: tuple[int, int]) -> Matrix:
    usable = np.isfinite(values)
    total = np.zeros(shape, dtype=np.float64)
    np.add.at(total, (codes[usable], position[usable]), np.maximum(values[usable], 0.0))
    known = np.zeros(shape, dtype=bool)
    known[codes[usable], position[usable]] = True
    listed = np.zeros(shape, dtype=bool)
    listed[codes, position] = True
    unknown: Mask = listed & ~known
    before = np.maximum.accumulate(known, axis=1)
    after = np.maximum.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    total[unknown | ~before | ~after] = np.nan
    return total.astype(np.float32)


def _scatter(values: pd.Series, codes: np.ndarray, position: np.ndarray, shape: tuple[int, int]) -> Matrix:
    matrix = np.full(shape, np.nan, dtype=np.float32)
    numbers = pd.to_numeric(values, errors="coerce") if not pd.api.types.is_numeric_dtype(values) else values
    matrix[codes, position] = numbers.to_numpy(dtype=np.float32, na_value=np.nan)
    return matrix
