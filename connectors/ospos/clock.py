"""The shop's clock. OSPOS writes what its own clock on the wall says, whatever the zone of the database server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa

from retail.errors import SourceError

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 (a clock on the wall has no zone)
_DAY: Final = 86_400
_MOMENT: Final = pa.timestamp("us", tz="UTC")


class ShopClock:
    """Turns times of the shop's clock into UTC and back. Of an hour that comes twice the first one is meant.

    Args:
        name: IANA name of the zone, as `app_config.timezone` has it.

    Raises:
        SourceError: There is no such zone.
    """

    def __init__(self, name: str) -> None:
        try:
            self.zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SourceError(
                f"ospos: app_config: timezone {name!r} is no time zone. Choose one in OSPOS under Configuration, "
                "Locale, Timezone."
            ) from error
        self.name = name

    def to_utc(self, seconds: pa.Array) -> pa.Array:
        """Moments, from seconds between 1970-01-01 00:00 and a time, both on the shop's clock."""
        missing = np.asarray(seconds.is_null())
        wall = np.asarray(seconds.fill_null(0), dtype=np.int64)
        starts, offsets = self._offsets(wall)
        utc = wall - offsets[np.searchsorted(starts, wall, side="right") - 1]
        return pa.array(utc * 1_000_000, pa.int64(), mask=missing).cast(_MOMENT)

    def to_wall(self, moment: datetime) -> datetime:
        """What the shop's clock shows at a moment."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def moment(self, seconds: int | None) -> datetime | None:
        """One time as a moment, UTC."""
        if seconds is None:
            return None
        return (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=self.zone).astimezone(UTC)

    def _offsets(self, wall: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[np.ndarray, np.ndarray]:
        """Seconds of the shop's clock from which an offset to UTC holds, and the offsets."""
        if not len(wall):
            wall = np.zeros(1, dtype=np.int64)
        years = range(_year(int(wall.min())), _year(int(wall.max())) + 1)
        steps = [step for year in years for step in _steps(self.zone, year)]
        return np.array([start for start, _ in steps]), np.array([offset for _, offset in steps])


def _year(seconds: int) -> int:
    return (_EPOCH + timedelta(seconds=seconds)).year


@lru_cache(maxsize=512)
def _steps(zone: ZoneInfo, year: int) -> tuple[tuple[int, int], ...]:
    """Where offsets change in a year: its first second and each change, with the offset from there on."""
    first, last = (_seconds(datetime(number, 1, 1)) for number in (year, year + 1))  # noqa: DTZ001
    steps = [(first, _offset(zone, first))]
    for day in range(first, last, _DAY):
        low, high = day, min(day + _DAY, last)
        if _offset(zone, high) == steps[-1][1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(zone, middle) == steps[-1][1] else (low, middle)
        steps.append((high, _offset(zone, high)))
    return tuple(steps)


def _seconds(wall: datetime) -> int:
    return int((wall - _EPOCH).total_seconds())


def _offset(zone: ZoneInfo, wall: int) -> int:
    offset = (_EPOCH + timedelta(seconds=wall)).replace(tzinfo=zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def instants(seconds: pa.Array) -> pa.Array:
    """Moments, from seconds since 1970 in UTC; 0, by which MySQL means no date, is null."""
    numbers = np.asarray(seconds.fill_null(0), dtype=np.int64)
    return pa.array(numbers * 1_000_000, pa.int64(), mask=numbers == 0).cast(_MOMENT)
