"""Answers about stock and orders: what may run out, what is out, what to order, what hardly sells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from evals.checks import tables
from evals.gold.periods import Days, spans
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


def risk(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Chances as published, for the days ahead that the answer says, and nothing likely left out."""
    if wrong := _topic(seen, "risk") or tables.filters(seen, spec):
        return wrong
    ahead = DEFAULT_DAYS if seen.period is None else max(1, (seen.period[1] - truth.raw.today).days)
    days = next((known for known in STRETCHES if known >= ahead), STRETCHES[-1])
    if spec.days not in {None, days}:
        return f"period: {days} days instead of {spec.days}"
    published = truth.planning("fct_stock_risk", spec.held).set_index(list(_PLACE))
    return _risks(seen, published[f"risk_{days}_days"])


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
    """Exactly the products and stores with nothing available."""
    if wrong := _topic(seen, "out_now") or tables.filters(seen, spec):
        return wrong
    stock = _held(truth.raw.described(truth.raw.read("stock_levels")), spec)
    gone = stock[stock["on_hand"] - stock["reserved"] <= 0]
    wanted = set(zip(gone["product"], gone["store"], strict=True))
    return _same_keys(wanted, {seen.key(row, _PLACE) for row in seen.rows})


def drafts(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Exactly the published drafts that wait, with their quantities; so many where a number was asked for."""
    if wrong := tables.filters(seen, spec):
        return wrong
    waiting = truth.drafts(spec.held)
    wanted = dict(zip(zip(waiting["product"], waiting["store"], strict=True), waiting["order_quantity"], strict=True))
    for row in seen.rows:
        key = seen.key(row, _PLACE)
        if key not in wanted or not close(float(wanted[key]), number(row.get("order_quantity"))):
            return f"value: no draft of {row.get('order_quantity')} for {key}"
    if spec.top is not None:
        return None if len(seen.rows) == spec.top else f"rows: {len(seen.rows)} instead of {spec.top}"
    return _same_keys(set(wanted), {seen.key(row, _PLACE) for row in seen.rows})


def slow(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Stock and units sold as they are, what lasts longest first, and nothing that sells fast among it."""
    if wrong := _topic(seen, "slow") or tables.filters(seen, spec):
        return wrong
    periods = {days for given in spec.spans or ("unsaid",) for days in spans(given, truth.raw.today)}
    period = seen.period or next(iter(periods))
    if period not in periods:
        return f"period: {period[0]} to {period[1]}"
    by = _split(seen)
    available, sold = _stock_and_sales(truth, spec, by, period, "available")
    usual = _days_of_stock(available, sold, period).median()
    for row in seen.rows:
        key = seen.key(row, by)
        name = key[0] if len(key) == 1 else key
        if not (close(float(available.get(name, 0.0)), number(row.get("available")))
                and close(float(sold.get(name, 0.0)), number(row.get("units_sold")))):  # fmt: skip
            return f"value: {key} should have {available.get(name)} available and {sold.get(name)} sold"
        if float(sold.get(name, 0.0)) and float(available[name]) / float(sold[name]) * _length(period) < usual:
            return f"rows: {key} sells faster than most"
    return _falling(seen) if seen.rows else "rows: none"


def unsold(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Only what lies there and did not sell, the amounts right, and nothing left out but by the length of the table."""
    if wrong := _topic(seen, "unsold") or tables.filters(seen, spec):
        return wrong
    period, wrong = tables.asked_period(seen, spec, truth)
    if wrong or period is None:
        return wrong
    by = _split(seen)
    stock, sold = _stock_and_sales(truth, spec, by, period, "on_hand")
    lying = {key: float(units) for key, units in stock.items() if units > 0 and not sold.get(key, 0.0)}
    for row in seen.rows:
        key = seen.key(row, by)
        name = key[0] if len(key) == 1 else key
        if name not in lying or not close(lying[name], number(row.get("on_hand"))):
            return f"value: {key} is not {row.get('on_hand')} unsold units"
    new = truth.raw.products.set_index("product")["launched_date"]
    recent = set(new[pd.to_datetime(new) > pd.Timestamp(period[0]) - pd.Timedelta(days=1)].index)
    missing = {key for key in lying if (key if isinstance(key, str) else key[0]) not in recent}
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


def _stock_and_sales(
    truth: Truth, spec: GoldSpec, by: Sequence[str], period: Days, measure: str
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    return truth.table(measure, by, spec.held, None), truth.table("units_sold", by, spec.held, period)


def _length(period: Days) -> int:
    return (period[1] - period[0]).days + 1


def _days_of_stock(available: pd.Series[Any], sold: pd.Series[Any], period: Days) -> pd.Series[Any]:
    rates = sold.reindex(available.index).fillna(0.0) / _length(period)
    return available[available > 0] / rates[available > 0]


def _falling(seen: Seen) -> str | None:
    """What lasts forever first, then what lasts longest."""
    lasting = [number(row.get("lasts_days")) for row in seen.rows]
    days = [float("inf") if found is None else found for found in lasting]
    return None if days == sorted(days, reverse=True) else "order: not by how long it lasts"
