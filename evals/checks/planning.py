"""Answers about stock and orders: what may run out, what is out, what to order, what hardly sells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from evals.checks import tables
from evals.gold.periods import UNSAID, Days, spans
from evals.gold.truth import Truth
from evals.question import GoldSpec
from evals.seen import Seen, close, number

STRETCHES: Final = (7, 14, 28)
"""Days ahead that chances are published for."""
DEFAULT_DAYS: Final = 14
"""Days ahead where none were said."""
LIKELY: Final = 0.5
"""What is more likely than not to run out must be named."""
_PLACE: Final = ("product", "store")
_SLOW: Final = ("available", "units_sold")


def risk(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Chances as published, for the days ahead that the answer says, or its dates; and nothing likely left out."""
    if wrong := _topic(seen, "risk") or tables.filters(seen, spec):
        return wrong
    ahead = DEFAULT_DAYS if seen.period is None else max(1, (seen.period[1] - truth.raw.today).days)
    if seen.period is not None and spec.days is None and ahead not in STRETCHES and ahead < STRETCHES[-1]:
        return _dated(seen, truth.planning("fct_stock_risk", spec.held), seen.period[1])
    days = next((known for known in STRETCHES if known >= ahead), STRETCHES[-1])
    if spec.days not in {None, days}:
        return f"period: {days} days instead of {spec.days}"
    published = truth.planning("fct_stock_risk", spec.held).set_index(list(_PLACE))
    return _risks(seen, published[f"risk_{days}_days"])


def _dated(seen: Seen, published: pd.DataFrame, last: date) -> str | None:
    """Exactly what has a chance of 1 in 10 or more of having run out by that very day, by the published dates."""
    early = pd.to_datetime(published["early_stockout_date"]) <= pd.Timestamp(last)
    wanted = set(published[early][list(_PLACE)].itertuples(index=False, name=None))
    return _same_keys(wanted, {seen.key(row, _PLACE) for row in seen.rows})


def _risks(seen: Seen, published: pd.Series[Any]) -> str | None:
    shown = set()
    for row in seen.rows:
        key = (str(row.get("product")), str(row.get("store")))
        if key not in published.index or not close(float(published[key]), number(row.get("risk"))):
            return f"value: {key} has no such risk"
        shown.add(key)
    missing = set(published[published >= LIKELY].index) - shown
    return f"rows: {len(missing)} likely ones are missing" if missing else None


def out_now(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Exactly the products and stores with nothing available, and how far below nothing."""
    if wrong := _topic(seen, "out_now") or tables.filters(seen, spec):
        return wrong
    stock = _held(truth.raw.described(truth.raw.read("stock_levels")), spec)
    gone = stock.assign(available=stock["on_hand"] - stock["reserved"]).query("available <= 0")
    wanted = set(zip(gone["product"], gone["store"], gone["available"].astype(float), strict=True))
    return _same_keys(wanted, {(*seen.key(row, _PLACE), number(row.get("available"))) for row in seen.rows})


def drafts(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Exactly the published drafts that wait, with their quantities; so many where a number was asked for."""
    if wrong := tables.filters(seen, spec):
        return wrong
    waiting = truth.drafts(spec.held)
    places = zip(waiting["product"], waiting["store"], strict=True)
    wanted: dict[tuple[str, ...], float] = dict(zip(places, waiting["order_quantity"], strict=True))
    for row in seen.rows:
        key = seen.key(row, _PLACE)
        if key not in wanted or not close(wanted[key], number(row.get("order_quantity"))):
            return f"value: no draft of {row.get('order_quantity')} for {key}"
    if spec.top is not None:
        return None if len(seen.rows) == spec.top else f"rows: {len(seen.rows)} instead of {spec.top}"
    return _same_keys(set(wanted), {seen.key(row, _PLACE) for row in seen.rows})


def slow(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """What lasts longest at its rate of sale, in that order, with stock, sales and days as they are."""
    if wrong := _topic(seen, "slow") or tables.filters(seen, spec):
        return wrong
    periods = {days for given in spec.spans or ("unsaid",) for days in spans(given, truth.raw.today)}
    period = seen.period
    if period not in periods:
        return f"period: {period}"
    by = _split(seen)
    available, sold = (truth.table(name, by, spec.held, period) for name in ("available", "units_sold"))
    lasting = _lasting(truth, spec, by, period, available, sold)
    for row in seen.rows:
        key = tables.entry(seen.key(row, by))
        wanted = (float(available.get(key, 0.0)), float(sold.get(key, 0.0)))
        if not all(close(*pair) for pair in zip(wanted, (number(row.get(n)) for n in _SLOW), strict=True)):
            return f"value: {key} should have {wanted[0]} available and {wanted[1]} sold"
    shown = [number(row.get("lasts_days")) for row in seen.rows]
    for place, (days, found) in enumerate(zip(lasting, shown, strict=False), start=1):
        if not (close(days, found) if np.isfinite(days) else found is None):
            return f"order: place {place} lasts {found} days and should last {days:.6g}"
    return None if seen.rows or lasting.empty else "rows: none"


def _lasting(
    truth: Truth,
    spec: GoldSpec,
    by: Sequence[str],
    period: Days,
    available: pd.Series[Any],
    sold: pd.Series[Any],
) -> pd.Series[Any]:
    """Days that what is available lasts, the longest first; without what is new. Infinite where nothing sells."""
    if UNSAID in spec.spans or not spec.spans:
        rates = _held(truth.rates, spec).groupby(list(by))["rate"].sum()
    else:
        rates = sold / ((period[1] - period[0]).days + 1)
    stocked = available[available > 0]
    stocked = stocked[~stocked.index.get_level_values("product").isin(_new(truth, period))]
    lasting = stocked / rates.reindex(stocked.index).fillna(0.0)
    return lasting.sort_values(ascending=False)


def _new(truth: Truth, period: Days) -> set[str]:
    """Products that were launched in the period or in the last 28 days: hardly sold yet is not slow."""
    since = min(pd.Timestamp(period[0]), pd.Timestamp(truth.raw.today) - pd.Timedelta(days=27))
    launched = truth.raw.products.set_index("product")["launched_date"]
    return set(launched[pd.to_datetime(launched) >= since].index)


def unsold(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Only what lies there and did not sell, the amounts right, and nothing left out but by the length of the table."""
    if wrong := _topic(seen, "unsold") or tables.filters(seen, spec):
        return wrong
    period, wrong = tables.asked_period(seen, spec, truth)
    if wrong or period is None:
        return wrong
    by = _split(seen)
    stock, sold = (truth.table(name, by, spec.held, period) for name in ("on_hand", "units_sold"))
    lying = {tables.key_of(key): float(units) for key, units in stock.items() if units > 0 and not sold.get(key, 0.0)}
    for row in seen.rows:
        key = seen.key(row, by)
        if key not in lying or not close(lying[key], number(row.get("on_hand"))):
            return f"value: {key} is not {row.get('on_hand')} unsold units"
    new = _new(truth, period)
    missing = {key for key in lying if key[0] not in new}
    if not seen.rows and missing:
        return f"rows: {len(missing)} are missing"
    return None


def _topic(seen: Seen, wanted: str) -> str | None:
    found = str(seen.document.get("topic"))
    return None if found == wanted else f"topic: {found} instead of {wanted}"


def _held(frame: pd.DataFrame, spec: GoldSpec) -> pd.DataFrame:
    for name, values in spec.held.items():
        frame = frame[frame[name].isin(list(values))]
    return frame


def _same_keys(wanted: set[Any], shown: set[Any]) -> str | None:
    if wanted == shown:
        return None
    return f"rows: {len(wanted - shown)} are missing and {len(shown - wanted)} should not be there"


def _split(seen: Seen) -> tuple[str, ...]:
    return tuple(name for name in _PLACE if seen.rows and name in seen.rows[0]) or ("product",)
