"""Forecast: history and what is expected, with its spread, per product and store; what if; and how far to trust it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pandas as pd
import streamlit as st

from app import components, demand_history, fan_chart, filter_bar, formats, page, what_if
from app.components import Figure
from app.data import Row, Shop, records
from app.filters import Filters, equals
from app.model_names import in_words
from metrics import Column, Filter
from retail.vocabulary import QUANTILE_COLUMNS

SERIES: Final = "series"  # in the address: /forecast?series=Whole milk · Old Town

_WRITTEN = "forecast_series_in_address"
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
    filters = filter_bar.choose(shop, uses=("store", "category"), own=(SERIES,))
    series = _choose_series(shop, filters)
    if series is None:
        components.empty("There is no forecast with these filters. Choose another store or category.")
    else:
        _series(shop, series)
    st.page_link("views/model_report.py", label="How good the forecasts are, and which model makes them: Model report")


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
    by_name = {_name(row): row for row in wanted}
    asked = _asked(by_name)
    chosen = st.selectbox(
        "Product and store",
        list(by_name),
        index=list(by_name).index(asked) if asked else 0,
        filter_mode="contains",
        key=f"forecast_series_{filters.store}_{filters.category}",
        help="Type to search. The busiest come first; what sells too little alone is forecast as a category.",
    )
    st.query_params[SERIES] = st.session_state[_WRITTEN] = chosen
    return by_name[chosen]


def _asked(names: Collection[str]) -> str | None:
    """The series of the address, if there is one of that name; a note where the address is new and there is none."""
    asked = st.query_params.get(SERIES)
    if asked in names:
        return asked
    if asked is not None and asked != st.session_state.get(_WRITTEN):
        st.warning(f"There is no forecast of “{formats.plain(asked[:60])}” with these filters; it was left out.")
    return None


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
    _figures(series, ahead)
    st.caption(
        f"Made by {formats.plain(in_words(series['model_name']))} from "
        f"{formats.number(series['history_days'])} days of history, up to {formats.day(cutoff)}."
    )
    if series["evidence"] == "low":
        st.badge("Low evidence", color="orange")
        st.caption(
            "This product has a short history or sells rarely, so the spread is wide and the accuracy uncertain."
        )
    scenario = what_if.choose(shop, series)
    history = demand_history.read(shop, series, cutoff)
    chart = fan_chart.fan(
        history,
        ahead,
        title="Units a day",
        scenario=None if scenario is None else scenario.frame,
        name="" if scenario is None else scenario.name,
    )
    st.altair_chart(chart, alt=f"Units sold a day and the forecast for {_name(series)}")
    if scenario is not None:
        st.markdown(f":violet-badge[What if] {formats.plain(scenario.sentence)}")
    st.caption(_legend(history))
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


def _legend(history: pd.DataFrame) -> str:
    words = [
        "Grey: sold.",
        "Line: the middle of the forecast.",
        "Bands, from dark to light: 2, 4, 6 and 8 days of 10 are expected inside.",
    ]
    if history["is_stockout"].any():
        words.append("Triangles: out of stock, so sales were held down.")
    if (history["demand"] > history["units"]).any():
        words.append("Dashed: what would have been sold, estimated.")
    if history["is_promoted"].any():
        words.append("Green: on promotion.")
    return " ".join(words)


page.show("Forecast", render)
