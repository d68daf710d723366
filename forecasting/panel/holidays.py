"""Public holidays of a store, by the package `holidays`."""

from __future__ import annotations

import pandas as pd


def store_country(country: object, time_zone: object, currency: object) -> str | None:
    """ISO 3166 country of a store: its own, else that of its time zone, else the only one that uses its currency."""
    from babel.core import get_global

    if isinstance(country, str) and country.strip():
        return country.strip().upper()
    territory = get_global("zone_territories").get(time_zone) if isinstance(time_zone, str) else None
    if territory and territory != "001":
        return str(territory)
    users = [
        name
        for name, currencies in get_global("territory_currencies").items()
        if any(code == currency and until is None and tender for code, _, until, tender in currencies)
    ]
    return users[0] if len(users) == 1 else None


def holiday_names(country: object, time_zone: object, currency: object, dates: pd.DatetimeIndex) -> list[str]:
    """Name of the public holiday on each date, empty on other days and where the country is unknown.

    A holiday moved to a working day ("observed", "substitute") counts under its own name too: shops follow either.
    """
    import holidays

    code = store_country(country, time_zone, currency)
    if code is None or code not in holidays.list_supported_countries(include_aliases=False):
        return [""] * len(dates)
    found = holidays.country_holidays(code, years=range(dates[0].year, dates[-1].year + 1), language="en_US")
    return [found.get(day.date(), "") for day in dates]
