"""Daily, weekly and monthly series: what a season is, how far to forecast, and when a history is short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from retail.errors import UnusableRequest

FrequencyCode = Literal["D", "W", "M"]


@dataclass(frozen=True, slots=True)
class Frequency:
    """What depends on the length of a period; every number counts periods.

    Attributes:
        code: D, W or M.
        season_length: Periods in a season.
        horizon: Periods that a backtest forecasts unless told otherwise.
        new_below: A history shorter than this is new: low evidence.
        long_from: A history of at least this length is long.
        recent: Periods whose mean is the recent level.
        year: Periods in a year, in whole weeks for days.
    """

    code: FrequencyCode
    season_length: int
    horizon: int
    new_below: int
    long_from: int
    recent: int
    year: int

    def season(self, history: int) -> int:
        """Season length for a history of so many periods: 1 where it is shorter than two seasons."""
        return self.season_length if history >= 2 * self.season_length else 1


FREQUENCIES: Final[dict[str, Frequency]] = {
    "D": Frequency("D", season_length=7, horizon=28, new_below=28, long_from=182, recent=28, year=364),
    "W": Frequency("W", season_length=52, horizon=8, new_below=8, long_from=104, recent=8, year=52),
    "M": Frequency("M", season_length=12, horizon=6, new_below=6, long_from=24, recent=6, year=12),
}
DAILY: Final = FREQUENCIES["D"]


def frequency(code: str) -> Frequency:
    """The frequency of a code.

    Raises:
        UnusableRequest: The code is none of D, W and M.
    """
    if code not in FREQUENCIES:
        raise UnusableRequest(f"{code!r} is no frequency: use D (daily), W (weekly) or M (monthly).")
    return FREQUENCIES[code]
