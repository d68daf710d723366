"""Inventory: what lies in the stores, how long it lasts, how old it is, and what is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import charts, components, filter_bar, formats, page
from app.components import Figure
from app.data import Row, Shop, records
from app.filters import Filters
from metrics import Column

NOW = ("stock_value", "on_hand", "on_order", "days_of_cover", "products_out_of_stock")
OVER_TIME = ("stockout_rate", "lost_sales_estimate")
COVER_CLASSES = ((0.0, "Out"), (2.0, "Under 2"), (7.0, "2–7"), (14.0, "7–14"), (28.0, "14–28"), (60.0, "28–60"))
_MOST_COVER, _NO_SALES = "Over 60", "No sales"


def render(shop: Shop) -> None:
    """Draw the page."""
    filters = filter_bar.choose(shop, uses=("period", "store", "department", "category"))
    if not shop.has_stock:
        components.empty(
            "This source has no stock: it says neither what is on the shelf nor what was received. "
            "Sales and forecasts work without it; stock, cover and stockouts need it."
        )
        return
    _figures(shop, filters)
    pairs = _pairs(shop, filters)
    left, right = st.columns(2, gap="medium")
    with left:
        page.section("How long it lasts", lambda: _cover(pairs))
    with right:
        page.section("How old it is", lambda: _ageing(shop, filters))
    page.section("Out of stock now", lambda: _out_now(shop, filters, pairs))
    page.section("Running low", lambda: _running_low(shop, pairs))
    page.section("Stockouts over time", lambda: _stockouts(shop, filters))
    page.section("Suppliers", lambda: _suppliers(shop))


def _figures(shop: Shop, filters: Filters) -> None:
    names = shop.visible(NOW)
    now = shop.query(*names, where=filters.where())
    components.figures([_figure(shop, name, shop.number(now, name)) for name in names])
    st.caption("Stock as it stands now; the period is for stockouts and lost sales.")
    components.warnings(now)


def _figure(shop: Shop, name: str, value: float | None, change: str | None = None) -> Figure:
    metric = shop.catalogue.metric(name)
    text = formats.value(value, metric.unit, shop.currency)
    return Figure(metric.label, text, change, help=metric.description, falling_is_good=True)


def _pairs(shop: Shop, filters: Filters) -> list[Row]:
    """Every product in every store, with what is there and how fast it goes."""
    result = shop.query(
        "on_hand",
        "available",
        "mean_daily_units",
        "days_of_cover",
        by=("product", "store"),
        where=filters.where(),
        order_by=("-mean_daily_units",),
    )
    components.warnings(result)
    return records(result)


def _cover(pairs: list[Row]) -> None:
    if not pairs:
        components.empty("No product is in stock with these filters.")
        return
    names = [name for _, name in COVER_CLASSES] + [_MOST_COVER, _NO_SALES]
    counted = pd.Series([_cover_class(row) for row in pairs]).value_counts().reindex(names, fill_value=0)
    frame = pd.DataFrame({"cover": counted.index, "pairs": counted.to_numpy()})
    chart = charts.columns(
        frame, "cover", "pairs", title="Products in stores", x_title="Days of cover", weak=("Out", "Under 2")
    )
    st.altair_chart(chart, alt="Products in stores by days of cover")


def _cover_class(row: dict[str, Any]) -> str:
    if (row["available"] or 0) <= 0:
        return COVER_CLASSES[0][1]
    if row["days_of_cover"] is None:
        return _NO_SALES
    return next((name for limit, name in COVER_CLASSES[1:] if row["days_of_cover"] < limit), _MOST_COVER)


def _ageing(shop: Shop, filters: Filters) -> None:
    names = shop.visible(("stock_value_by_age", "units_by_age"))
    if not names:
        components.empty("The age of stock is not known for this source.")
        return
    metric = shop.catalogue.metric(names[0])
    result = shop.query(names[0], by=("age_bucket",), where=filters.where())
    if not result.rows:
        components.empty("Nothing is in stock with these filters.")
        return
    frame = result.frame().sort_values("age_bucket", key=lambda bucket: bucket.str.extract(r"(\d+)")[0].astype(int))
    unit = shop.currency if metric.unit == "currency" else "units"
    chart = charts.columns(
        frame,
        "age_bucket",
        names[0],
        title=f"{metric.label} ({unit})",
        x_title="Days since it was received",
        weak=("181+",),
    )
    st.altair_chart(chart, alt="Stock by days since it was received")


def _out_now(shop: Shop, filters: Filters, pairs: list[Row]) -> None:
    missing = [row for row in pairs if (row["available"] or 0) <= 0 and (row["mean_daily_units"] or 0) > 0]
    if not missing:
        components.empty("Nothing that sells is out of stock.")
        return
    lost = shop.query(
        "lost_sales_estimate",
        by=("product", "store"),
        where=filters.where(),
        first=filters.period.first,
        last=filters.period.last,
        order_by=("-lost_sales_estimate",),
    )
    amounts = {(row["product"], row["store"]): row["lost_sales_estimate"] for row in lost.rows}
    rows = [row | {"lost": amounts.get((row["product"], row["store"]))} for row in missing]
    columns = (
        Column("product", "Product", "text", "dimension"),
        Column("store", "Store", "text", "dimension"),
        Column("mean_daily_units", "Sold a day", "rate", "metric"),
        Column("lost", "Lost in the period, estimate", "currency", "metric"),
    )
    components.table(rows, columns, shop.currency, "out-of-stock", alt="Products that are out of stock")


def _stockouts(shop: Shop, filters: Filters) -> None:
    period, before = filters.period, filters.period.previous()
    names = shop.visible(OVER_TIME)
    during = shop.query(*names, where=filters.where(), first=period.first, last=period.last)
    then = shop.query(*names, where=filters.where(), first=before.first, last=before.last)
    shown = [
        _figure(shop, name, value, formats.change(value, shop.number(then, name)))
        for name, value in ((name, shop.number(during, name)) for name in names)
    ]
    components.figures(shown, at_least=4)
    st.caption(
        f"{formats.span(period.first, period.last)}, with the change on {formats.span(before.first, before.last)}."
    )
    grain = "day" if period.grain == "hour" else period.grain
    result = shop.query("stockout_rate", by=(grain,), where=filters.where(), first=period.first, last=period.last)
    frame = result.frame().dropna(subset=["stockout_rate"])
    if frame.empty:
        components.empty("Nothing was on range on these days.")
        return
    frame["when"] = [formats.day(day.date()) for day in frame[grain]]
    chart = charts.area(frame, grain, "stockout_rate", title="Stockout rate", grain=grain, fmt=".1%")
    st.altair_chart(chart, alt="Stockout rate over time")


def _running_low(shop: Shop, pairs: list[Row]) -> None:
    low = [row for row in pairs if row["days_of_cover"] is not None and 0 < row["days_of_cover"] < 7]
    if not low:
        components.empty("Nothing that is in stock runs out within a week.")
        return
    columns = (
        Column("product", "Product", "text", "dimension"),
        Column("store", "Store", "text", "dimension"),
        Column("days_of_cover", "Cover", "days", "metric"),
        Column("available", "Available", "units", "metric"),
        Column("mean_daily_units", "Sold a day", "rate", "metric"),
    )
    low.sort(key=lambda row: float(row["days_of_cover"]))
    components.table(low, columns, shop.currency, "running-low", alt="Products that run out within a week")


def _suppliers(shop: Shop) -> None:
    names = ("supplier", "orders", "mean_lead_time_days", "p90_lead_time_days", "on_time_rate", "fill_rate")
    result = shop.rows("fct_supplier_performance", names, order_by=("-orders",))
    if not result.rows:
        components.empty("This source has no purchase orders, so suppliers cannot be measured.")
        return
    columns = (
        Column("supplier", "Supplier", "text", "column"),
        Column("orders", "Orders", "count", "column"),
        Column("mean_lead_time_days", "Lead time, mean", "days", "column"),
        Column("p90_lead_time_days", "Lead time, 9 of 10 within", "days", "column"),
        Column("on_time_rate", "On time", "ratio", "column"),
        Column("fill_rate", "Delivered of ordered", "ratio", "column"),
    )
    components.table(result.rows, columns, shop.currency, "suppliers", alt="Supplier performance")


page.show("Inventory", render)
