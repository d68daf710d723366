"""How much of the business day that counts as today is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from app.assistant.books import Books

WHOLE_DAY: Final = 24


def complete_hours(books: Books, stores: Sequence[str] = ()) -> int:
    """Hours of today that are over in every store that counts; 24 where the day is.

    The store that is furthest behind decides, as on the page of today.

    Args:
        books: Whose stores they are.
        stores: Names of the stores that count; none means all that the person sees.
    """
    rows = books.rows("dim_stores", ("store", "time_zone")).rows
    wanted = {name.casefold() for name in stores}
    counted = [row for row in rows if str(row["store"]).casefold() in wanted] or rows
    zones = {str(row["time_zone"]) for row in counted if row["time_zone"]}
    local = [books.now.astimezone(ZoneInfo(zone)) for zone in zones]
    return min((now.hour if now.date() <= books.today else WHOLE_DAY for now in local), default=WHOLE_DAY)
