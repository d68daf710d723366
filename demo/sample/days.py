"""The days of the history: weekdays, holidays, closed days, and how far the last day has come in each store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from demo.sample.arrays import Bools, Dates, Doubles, Ints
from demo.sample.chain import Store

OPEN_HOUR, CLOSE_HOUR = 8, 21
RECEIPT_HOUR, TRANSFER_HOUR, ORDER_HOUR = 6.5, 7.25, 9.0
RETURN_HOUR, SALE_HOUR, SHRINKAGE_HOUR, WASTE_HOUR = 20.75, 21.0, 21.5, 21.75

_CLOSED_ON = frozenset({"Thanksgiving Day", "Christmas Day"})
# Shoppers come before the day: the lift of the day itself, and of the three days before it, nearest first.
_LIFTS = {
    "New Year's Day": (0.6, 1.3, 1.1, 1.05),
    "Valentine's Day": (1.1, 1.1, 1.0, 1.0),
    "Easter Sunday": (0.6, 1.35, 1.25, 1.15),
    "Mother's Day": (1.05, 1.15, 1.05, 1.0),
    "Memorial Day": (0.9, 1.2, 1.25, 1.15),
    "Independence Day": (0.8, 1.35, 1.25, 1.15),
    "Labor Day": (0.9, 1.2, 1.25, 1.1),
    "Halloween": (1.1, 1.1, 1.05, 1.0),
    "Thanksgiving Day": (0.0, 1.7, 1.5, 1.3),
    "Christmas Day": (0.0, 1.45, 1.6, 1.45),
}
_HOURLY_VISITS = {
    False: (4, 5, 5, 6, 9, 7, 5, 6, 9, 13, 14, 10, 7),
    True: (3, 6, 9, 12, 12, 11, 10, 10, 9, 7, 5, 4, 2),
}


@dataclass(frozen=True, slots=True)
class Days:
    """The history, day by day; every array has days first.

    Attributes:
        dates: Business dates `[D]`.
        weekday: Monday is 0 `[D]`.
        is_closed: Days on which no store opens `[D]`.
        holiday_lift: Factor on demand from holidays near by `[D]`.
        midnight_at: Start of each store's local day, seconds since 1970 in UTC `[D, S]`.
        as_of: Now, in the same seconds.
    """

    dates: Dates
    weekday: Ints
    is_closed: Bools
    holiday_lift: Doubles
    midnight_at: Ints
    as_of: int

    def __len__(self) -> int:
        return len(self.dates)

    def moment(self, hour: float) -> Ints:
        """The moment of a local hour in each store on each day, seconds since 1970 in UTC `[D, S]`."""
        return self.midnight_at + round(hour * 3600)

    def has_happened(self, hour: float) -> Bools:
        """Whether a local hour is past in each store on each day `[D, S]`."""
        return self.moment(hour) <= self.as_of

    def share_elapsed(self) -> Doubles:
        """Share of each store-day's visits that fall before now: 1 except on the last day `[D, S]`."""
        hours = (self.as_of - self.midnight_at) / 3600
        result = np.empty(hours.shape)
        for is_weekend in (False, True):
            rows = (self.weekday >= 5) == is_weekend
            result[rows] = np.interp(hours[rows], _hour_edges(), _visits_until(is_weekend))
        return result

    def visit_seconds(self, day: Ints, share: Doubles) -> Ints:
        """Turn shares of a day's visits (0 to 1) into seconds after local midnight, by the day's hourly profile."""
        is_weekend = self.weekday[day] >= 5
        hours = np.where(
            is_weekend,
            np.interp(share, _visits_until(True), _hour_edges()),
            np.interp(share, _visits_until(False), _hour_edges()),
        )
        return np.asarray(hours * 3600, dtype=np.int64)


def build(stores: Sequence[Store], as_of_at: datetime, length: int) -> Days:
    """Lay out the days that end with the as-of moment.

    The last day is the latest local date of any store at that moment; stores further west may not have begun it.
    """
    last = max(as_of_at.astimezone(ZoneInfo(store.time_zone)).date() for store in stores)
    calendar = [last - timedelta(days=length - 1 - i) for i in range(length)]
    names = holidays.country_holidays(
        "US", years=range(calendar[0].year, last.year + 2), categories=("public", "unofficial")
    )
    return Days(
        dates=np.array(calendar, dtype="datetime64[D]"),
        weekday=np.array([day.weekday() for day in calendar]),
        is_closed=np.array([not _CLOSED_ON.isdisjoint(names.get(day, "").split("; ")) for day in calendar]),
        holiday_lift=_holiday_lift(calendar, names),
        midnight_at=np.array([[_local_midnight(day, store.time_zone) for store in stores] for day in calendar]),
        as_of=int(as_of_at.timestamp()),
    )


def _holiday_lift(calendar: list[date], names: holidays.HolidayBase) -> Doubles:
    position = {day: i for i, day in enumerate(calendar)}
    lift = np.ones(len(calendar))
    for day, name in names.items():
        for holiday, factors in _LIFTS.items():
            if holiday not in name.split("; "):
                continue
            for back, factor in enumerate(factors):
                i = position.get(day - timedelta(days=back))
                if i is not None:
                    lift[i] *= factor
    return lift


def _local_midnight(day: date, time_zone: str) -> int:
    """Seconds in UTC such that adding hours after two at night gives local wall time, also when clocks change."""
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(time_zone))
    return int(noon.timestamp()) - 12 * 3600


def _hour_edges() -> Doubles:
    return np.arange(OPEN_HOUR, CLOSE_HOUR + 1, dtype=np.float64)


def _visits_until(is_weekend: bool) -> Doubles:
    visits = np.array(_HOURLY_VISITS[is_weekend], dtype=np.float64)
    return np.concatenate([[0.0], np.cumsum(visits) / visits.sum()])
