"""Forecast: history and what is expected, with its spread, per product and store; and how far to trust it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from app import charts, components, filter_bar, formats, page
from app.components import Figure
from app.data import Row, Shop, records
from app.filters import Filters, equals
from metrics import Column, Filter
from retail.vocabulary import QUANTILE_COLUMNS

HISTORY_DAYS = 112
_SERIES_COLUMNS = (
    "series_id",
    "level",
    "store_id",
    "product_id",
    "category",
    "model_name",
    "history_days",
    "mean_daily_units",
    "evidence",
    "wql",
    "mase",
    "wape",
    "bias",
    "coverage_10",
    "coverage_90",
)


def render(shop: Shop) -> None:
    """Draw the page."""
    if not shop.has_forecasts:
        components.empty("There is no forecast yet. It is made by the pipeline’s forecast step, after the first run.")
        return
    filters = filter_bar.choose(shop, uses=("store", "category"))
    series = _choose_series(shop, filters)
    if series is None:
        components.empty("There is no forecast with these filters. Choose another store or category.")
    else:
        _series(shop, series)
    page.section("How good the forecasts are", lambda: _accuracy(shop))


def _choose_series(shop: Shop, filters: Filters) -> Row | None:
    """Let a person pick a series: the busiest first, the product of the address if it has one."""
    where: list[Filter] = [equals("store_id", filters.store_id)] if filters.store_id else []
    found = shop.rows("fct_forecast_series", _SERIES_COLUMNS, where=where, order_by=("-mean_daily_units",), limit=5000)
    wanted = [row for row in records(found) if filters.category is None or row["category"] == filters.category]
    if not wanted:
        return None
    stores = shop.store_names()
    products = shop.product_names({str(row["product_id"]) for row in wanted if row["product_id"]})
    for row in wanted:
        row["store"] = stores.get(str(row["store_id"]), str(row["store_id"]))
        row["product"] = products.get(str(row["product_id"])) if row["product_id"] else None
    by_id = {str(row["series_id"]): row for row in wanted}
    chosen = st.selectbox(
        "Product and store",
        list(by_id),
        format_func=lambda series_id: _name(by_id[series_id]),
        filter_mode="contains",
        key=f"forecast_series_{filters.store}_{filters.category}",
        help="Type to search. The busiest come first; what sells too little alone is forecast as a category.",
    )
    return by_id[chosen] if chosen in by_id else wanted[0]


def _model(name: str) -> str:
    """A model's name in words: `combination(bundled+weekday_quantiles)` is a combination of two."""
    return name.replace("(", " (").replace("+", " + ").replace("_", " ")


def _name(series: Row) -> str:
    what = series["product"] or f"{series['category']} (whole category)"
    return f"{what} · {series['store']}"


def _series(shop: Shop, series: Row) -> None:
    forecast = shop.rows(
        "fct_forecasts",
        ("target_date", "cutoff_date", "model_name", *QUANTILE_COLUMNS),
        where=(equals("series_id", series["series_id"]),),
        order_by=("target_date",),
    )
    if not forecast.rows:
        components.empty("This series has no forecast in the last run.")
        return
    ahead = forecast.frame().assign(day=lambda frame: pd.to_datetime(frame["target_date"]))
    cutoff = records(forecast)[0]["cutoff_date"]
    history = _history(shop, series, cutoff)
    _figures(series, ahead)
    st.caption(
        f"Made by {formats.plain(_model(series['model_name']))} from "
        f"{formats.number(series['history_days'])} days of history, up to {formats.day(cutoff)}."
    )
    if series["evidence"] == "low":
        st.badge("Low evidence", color="orange")
        st.caption(
            "This product has a short history or sells rarely, so the spread is wide and the accuracy uncertain."
        )
    stockouts = _stockout_days(shop, series, history)
    chart = charts.fan(history, ahead, stockouts, title="Units a day")
    st.altair_chart(chart, alt=f"Units sold a day and the forecast for {_name(series)}")
    st.caption(
        "Grey: sold. Line: the middle of the forecast. Bands, from dark to light: 2, 4, 6 and 8 days of 10 are "
        "expected inside." + (" Triangles: out of stock at close, so sales were held down." if len(stockouts) else "")
    )
    columns = (
        Column("target_date", "Day", "date", "column"),
        *(
            Column(name, label, "rate", "column")
            for name, label in (("q10", "Low (1 in 10 below)"), ("q50", "Middle"), ("q90", "High (1 in 10 above)"))
        ),
    )
    with st.expander("Day by day"):
        components.table(forecast.rows, columns, shop.currency, "forecast", alt="Forecast by day")


def _figures(series: Row, ahead: pd.DataFrame) -> None:
    inside = _inside(series)
    components.figures(
        [
            Figure(
                "Expected a day",
                formats.number(ahead["q50"].mean(), 1),
                help="Mean of the middle forecast over its days.",
            ),
            Figure(
                "Sold a day",
                formats.number(series["mean_daily_units"], 1),
                help="Mean units a day in the history used.",
            ),
            Figure(
                "Usual error",
                formats.percent(series["wape"], 0),
                help="Absolute errors over sales, in the last 28 days as forecast from before them (WAPE).",
            ),
            Figure(
                "Inside the band",
                formats.percent(inside, 0),
                help="Days of the last 28 between the 10% and 90% forecasts made before them; 80% is right.",
            ),
        ]
    )


def _inside(series: Row) -> float | None:
    low, high = formats.as_float(series["coverage_10"]), formats.as_float(series["coverage_90"])
    return None if low is None or high is None else high - low


def _history(shop: Shop, series: Row, cutoff: Any) -> pd.DataFrame:
    """Units sold a day up to the cut-off, zeros included: `day`, `units`."""
    first = cutoff - timedelta(days=HISTORY_DAYS - 1)
    what = equals("product", series["product"]) if series["product"] else equals("category", series["category"])
    where = (equals("store", series["store"]), what)
    sold = shop.query("units_sold", by=("day",), where=where, first=first, last=cutoff).frame()
    days = pd.date_range(first, cutoff, freq="D")
    units = sold.set_index("day")["units_sold"].reindex(days).fillna(0.0)
    return pd.DataFrame({"day": days, "units": units.to_numpy()})


def _stockout_days(shop: Shop, series: Row, history: pd.DataFrame) -> pd.DataFrame:
    if not series["product_id"] or not shop.has_stock:
        return history.iloc[:0]
    where = (
        equals("store_id", series["store_id"]),
        equals("product_id", series["product_id"]),
        equals("is_stockout", True),
        Filter(dimension="business_date", operator=">=", value=history["day"].iloc[0].date()),
    )
    found = shop.rows("fct_stock_daily", ("business_date",), where=where)
    return history[history["day"].isin(pd.to_datetime([row["business_date"] for row in records(found)]))]


def _accuracy(shop: Shop) -> None:
    names = ("model_name", "segment", "series", "wql", "mase", "wape", "bias", "coverage_10", "coverage_90", "seconds")
    result = shop.rows("fct_forecast_accuracy", names, order_by=("segment", "wql"))
    if not result.rows:
        components.empty("The models have not been compared yet; the backtest asset does that.")
        return
    columns = (
        Column("model_name", "Model", "text", "column"),
        Column("segment", "Segment", "text", "column"),
        Column("series", "Series", "count", "column"),
        Column("wql", "WQL", "score", "column"),
        Column("mase", "MASE", "score", "column"),
        Column("wape", "WAPE", "ratio", "column"),
        Column("bias", "Bias", "ratio", "column"),
        Column("coverage_10", "Below the 10% line", "ratio", "column"),
        Column("coverage_90", "Below the 90% line", "ratio", "column"),
    )
    components.table(result.rows, columns, shop.currency, "forecast-accuracy", alt="Accuracy of each model")
    st.caption(
        "WQL: error of all quantiles over sales, lower is better. MASE: error over that of repeating last week, "
        "better below 1. Bias: middle of the forecast less sales, over sales; the middle of rare sales is often 0, "
        "so read it for fast sellers. A right 10% line has 10% of days below it."
    )


page.show("Forecast", render)
