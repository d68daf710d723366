"""How long the periods of a panel file are, by its dates."""

from __future__ import annotations

from pathlib import Path

import duckdb

from forecasting.frequency import FREQUENCIES, Frequency
from retail.duckdb_options import OFFLINE
from retail.errors import UnusableRequest

_USUAL_GAP = """
with dates as (
    select distinct cast(ds as date) as ds from read_parquet(?) where ds is not null
),

gaps as (
    select date_diff('day', lag(ds) over (order by ds), ds) as days from dates
)

select median(days) from gaps
"""
_MONTHLY_FROM_DAYS = 27
_WEEKLY_FROM_DAYS = 6


def frequency_of_file(path: Path) -> Frequency:
    """Daily, weekly or monthly: by the usual number of days between two dates of the file.

    Raises:
        UnusableRequest: The file cannot be read, or has fewer than two dates.
    """
    try:
        with duckdb.connect(config={**OFFLINE}) as connection:
            row = connection.execute(_USUAL_GAP, [str(path)]).fetchone()
    except duckdb.Error as error:
        raise UnusableRequest(
            f"{path} cannot be read as a panel: {error}. It needs unique_id, ds and y in a Parquet file."
        ) from error
    if row is None or row[0] is None:
        raise UnusableRequest(f"{path} has fewer than two dates: say how long a period is with --freq D, W or M.")
    days = float(row[0])
    return FREQUENCIES["M" if days >= _MONTHLY_FROM_DAYS else "W" if days >= _WEEKLY_FROM_DAYS else "D"]
