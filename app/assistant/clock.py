"""How much of the business day that counts as today is over."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from app.assistant.books import Books

WHOLE_DAY: Final = 24


def complete_hours(books: Books) -> int:
    """Hours of today that are over in every store that the person sees; 24 where the day is.

    The store that is furthest behind decides, as on the page of today.
    """
    zones = {str(row["time_zone"]) for row in books.rows("dim_stores", ("time_zone",)).rows if row["time_zone"]}
    local = [books.now.astimezone(ZoneInfo(zone)) for zone in zones]
    return min((now.hour if now.date() <= books.today else WHOLE_DAY for now in local), default=WHOLE_DAY)
