"""Metrics from raw sale lines, payments and stock, by the meanings that INTERFACES gives their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from evals.gold import history
from evals.gold.periods import Days
from evals.gold.raw import RawFiles

Table = pd.Series
"""Values of one metric, indexed by what it is split by; one row without a split."""

TIMES: Final = ("day", "week", "month", "quarter", "year", "weekday")
PRESENT: Final = ("on_hand", "reserved", "available", "on_order", "stock_value")

_SUMS: Final = {
    "net_sales": "net_amount", "sales_with_tax": "gross_amount", "tax_amount": "tax_amount",
    "discount_amount": "discounts", "units_sold": "units_sold", "units_returned": "units_returned",
    "units_net": "units_net", "returns_amount": "returns_amount", "cost_of_goods_sold": "cost",
    "costed_net_sales": "costed_net", "gross_margin": "margin", "loyalty_sales": "loyal_net",
    "promoted_sales": "promoted_net", "sold_net_sales": "sold_net", "charges_amount": "charges",
}  # fmt: skip
_RATIOS: Final = {
    "average_basket": ("net_sales", "transactions"), "gross_margin_rate": ("gross_margin", "costed_net_sales"),
    "average_selling_price": ("sold_net_sales", "units_sold"), "units_per_transaction": ("units_sold", "transactions"),
    "promoted_share": ("promoted_sales", "net_sales"), "loyalty_share": ("loyalty_sales", "net_sales"),
    "return_rate": ("units_returned", "units_sold"),
}  # fmt: skip
_DISTINCT: Final = {"transactions": "sale_id", "customers": "customer_id"}


def table(
    raw: RawFiles, measure: str, by: Sequence[str], where: Mapping[str, Sequence[str]], period: Days | None
) -> pd.Series[Any]:
    """Values of a metric, indexed by what it is split by.

    Raises:
        KeyError: The evals know no such metric.
    """
    if measure in _RATIOS:
        above, below = (table(raw, name, by, where, period) for name in _RATIOS[measure])
        return above / below.replace(0, np.nan)
    if measure == "stockout_rate":
        assert period is not None
        return history.stockout_rate(raw, by, where, period)
    frame = _held(_source(raw, measure), where, period)
    if measure in _DISTINCT:
        frame = frame[frame["is_sale"]]
    elif "is_charge" in frame and measure != "charges_amount":
        frame = frame[~frame["is_charge"]]
    keys = [_key(frame, name) for name in by]
    column = frame[_column(measure)]
    if measure in _DISTINCT:
        return column.groupby(keys).nunique() if keys else pd.Series([column.nunique()])
    return column.groupby(keys).sum(min_count=1) if keys else pd.Series([column.sum(min_count=1)])


def is_present(measure: str) -> bool:
    """Whether the metric knows no past."""
    return measure in PRESENT


def _source(raw: RawFiles, measure: str) -> pd.DataFrame:
    if measure == "payments_amount":
        return raw.payments
    if is_present(measure):
        stock = raw.stock
        return stock.assign(stock_value=stock["on_hand"] * stock["unit_cost"])
    lines = raw.lines
    if "margin" not in lines:
        _amounts(lines)
    return lines


def _column(measure: str) -> str:
    if measure == "payments_amount":
        return "amount"
    return measure if is_present(measure) else {**_SUMS, **_DISTINCT}[measure]


def _amounts(lines: pd.DataFrame) -> None:
    goods, charge = lines["line_type"] == "goods", lines["line_type"] == "charge"
    sale, back = goods & (lines["quantity"] >= 0), goods & (lines["quantity"] < 0)
    net, zero = lines["net_amount"], 0.0
    costed = lines["unit_cost"].notna()
    lines["is_sale"], lines["is_charge"] = sale, charge
    lines["units_sold"] = lines["quantity"].where(sale, zero)
    lines["units_returned"] = (-lines["quantity"]).where(back, zero)
    lines["units_net"] = lines["units_sold"] - lines["units_returned"]
    lines["returns_amount"] = (-net).where(back, zero)
    lines["sold_net"] = net.where(sale, zero)
    lines["cost"] = lines["quantity"] * lines["unit_cost"]
    lines["costed_net"] = net.where(costed)
    lines["margin"] = lines["costed_net"] - lines["cost"]
    lines["loyal_net"] = net.where(lines["customer_id"].notna(), zero)
    lines["promoted_net"] = net.where(lines["promotion_id"].notna(), zero)
    lines["charges"] = net.where(charge)
    lines["discounts"] = lines["discount_amount"].fillna(zero) - net.where(lines["line_type"] == "discount", zero)


def _held(frame: pd.DataFrame, where: Mapping[str, Sequence[str]], period: Days | None) -> pd.DataFrame:
    if period is not None and "day" in frame:
        frame = frame[frame["day"].between(pd.Timestamp(period[0]), pd.Timestamp(period[1]))]
    for name, values in where.items():
        frame = frame[frame[name].isin(list(values))]
    return frame


def _key(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in TIMES:
        return frame[name]
    day = frame["day"]
    match name:
        case "day":
            found = day
        case "week":
            found = day - pd.to_timedelta(day.dt.weekday, unit="D")
        case "weekday":
            names: pd.Series[Any] = day.dt.strftime("%a")
            return names.rename(name)
        case _:
            found = day.dt.to_period({"month": "M", "quarter": "Q", "year": "Y"}[name]).dt.start_time
    dates: pd.Series[Any] = found.dt.date
    return dates.rename(name)
