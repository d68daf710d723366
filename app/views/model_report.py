"""Model report: how good the forecasts are by segment, whether they drift, and which model serves what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd
import streamlit as st

from app import charts, components, formats, page, planning_charts
from app.components import Figure
from app.data import Row, Shop, records
from app.model_names import as_label, in_words
from metrics import Column

ALL: Final = "all"
COMBINATION: Final = "combination"
_SCORES: Final = ("wql", "mase", "wape", "bias", "coverage_10", "coverage_90")
_KINDS: Final = {"backtest": "Backtest", "evaluation": "Last 28 days"}


def render(shop: Shop) -> None:
    """Draw the page."""
    if not shop.has_forecasts:
        components.empty("There is no forecast yet. It is made by the pipeline’s forecast step, after the first run.")
        return
    page.section("Which model serves what", lambda: _serving(shop))
    page.section("How good each model is", lambda: _by_segment(shop))
    page.section("From run to run", lambda: _history(shop))
    page.section("Hardest to forecast", lambda: _hardest(shop))


def _serving(shop: Shop) -> None:
    names = ("series_id", "model_name", "level", "mean_daily_units", "evidence", "coverage_10", "coverage_90")
    frame = shop.rows("fct_forecast_series", names).frame()
    if frame.empty:
        components.empty("No series of your stores is forecast.")
        return
    frame["units"] = pd.to_numeric(frame["mean_daily_units"]).fillna(0.0)
    frame["inside"] = pd.to_numeric(frame["coverage_90"]) - pd.to_numeric(frame["coverage_10"])
    low = int((frame["evidence"] == "low").sum())
    alone = int((frame["level"] == "product_store").sum())
    components.figures(
        [
            Figure("Series", formats.number(len(frame)), help="Products in stores, and categories in stores."),
            Figure("Forecast alone", formats.number(alone), help="The others sell too little: by category and store."),
            Figure("Low evidence", formats.number(low), help="A short history or rare sales."),
            Figure(
                "Inside the band",
                formats.percent(frame["inside"].mean(), 0),
                help="Days of the last 28 between the 10% and 90% forecasts made before them; 80% is right.",
            ),
        ]
    )
    served = frame.groupby("model_name").agg(series=("series_id", "size"), units=("units", "sum"))
    served["share"] = served["units"] / served["units"].sum()
    rows = [
        {
            "model": as_label(name).removeprefix("A combination of "),
            "series": int(served.loc[name, "series"]),
            "share": float(served.loc[name, "share"]),
        }
        for name in served.sort_values("units", ascending=False).index
    ]
    columns = (
        Column("model", "Model", "text", "column"),
        Column("series", "Series", "count", "column"),
        Column("share", "Share of units", "ratio", "column"),
    )
    components.table(rows, columns, shop.currency, "models-serving", alt="Series that each model serves")


def _by_segment(shop: Shop) -> None:
    result = shop.rows(
        "fct_forecast_accuracy", ("model_name", "segment", "series", *_SCORES, "seconds"), order_by=("segment", "wql")
    )
    stores = shop.store_names()
    rows = [
        row | {"model": as_label(row["model_name"]), "name": _segment(row["segment"], stores)}
        for row in records(result)
    ]
    if not rows:
        components.empty("The models have not been compared yet. The forecast step does that, at the next run.")
        return
    rows.sort(
        key=lambda row: (
            _is_place(row["segment"]),
            row["segment"] != ALL,
            -int(row["series"] or 0),
            formats.as_float(row["wql"]) or 0,
        )
    )
    _verdict(rows)
    frame = pd.DataFrame([row for row in rows if not _is_place(row["segment"])]).dropna(subset=["wql"])
    models = list(dict.fromkeys(frame["model"]))
    best = next((name for name in models if name == as_label(COMBINATION)), models[0])
    chart = planning_charts.dots(
        frame[["wql", "name", "model"]].astype({"wql": float}),
        "wql",
        "name",
        "model",
        title="WQL, lower is better",
        order=[best, *(name for name in models if name != best)],
        best=best,
    )
    st.altair_chart(chart, alt="Error of each model by segment")
    columns = (
        Column("model", "Model", "text", "column"),
        Column("name", "Segment or place", "text", "column"),
        Column("series", "Series", "count", "column"),
        Column("wql", "WQL", "score", "column"),
        Column("mase", "MASE", "score", "column"),
        Column("wape", "WAPE", "ratio", "column"),
        Column("bias", "Bias", "ratio", "column"),
        Column("coverage_10", "Below the 10% line", "ratio", "column"),
        Column("coverage_90", "Below the 90% line", "ratio", "column"),
        Column("seconds", "Seconds", "count", "column"),
    )
    components.table(rows, columns, shop.currency, "forecast-accuracy", alt="Accuracy of each model by segment")
    st.caption(
        "WQL: error of all quantiles over sales, lower is better. MASE: error over that of repeating last week, "
        "better below 1. Bias: middle of the forecast less sales, over sales; the middle of rare sales is often 0, "
        "so read it for fast sellers. A right 10% line has 10% of days below it."
    )


def _verdict(rows: list[Row]) -> None:
    """The best model over all series against repeating last week, in a sentence."""
    of_all = [row for row in rows if row["segment"] == ALL]
    every = max((row["series"] or 0 for row in of_all), default=0)  # a model scored on some series is no rival
    scores = {str(row["model_name"]): formats.as_float(row["wql"]) for row in of_all if row["series"] == every}
    known = {name: score for name, score in scores.items() if score is not None}
    naive = known.get("seasonal_naive")
    if not known or not naive:
        return
    best = min(known, key=known.__getitem__)
    skill = 1 - known[best] / naive
    st.markdown(
        formats.plain(
            f"Best over all series: {in_words(best)}, whose error is {formats.percent(skill, 0)} lower than that of "
            "saying last week again."
        )
    )


def _segment(name: object, stores: Mapping[str, str] | None = None) -> str:
    text = str(name)
    kind, _, place = text.partition(":")
    if _is_place(text):
        return f"{kind.capitalize()} {(stores or {}).get(place, place)}"
    return "All series" if text == ALL else text.replace("_", " ").replace("/", ", ")


def _is_place(segment: object) -> bool:
    """Whether a segment is one store or one category, in which the combination alone is scored."""
    return str(segment).startswith(("store:", "category:"))


def _history(shop: Shop) -> None:
    names = ("run_id", "kind", "cutoff_date", "model_name", "segment", "wql", "expected_wql", "is_drifting")
    is_known = shop.holds("fct_forecast_history")
    rows = records(shop.rows("fct_forecast_history", names, order_by=("cutoff_date",))) if is_known else []
    of_all = [row for row in rows if row["segment"] == ALL and row["wql"] is not None]
    if not of_all:
        components.empty("There is no history yet: each run adds how good its forecast was.")
        return
    _drift(rows)
    served = [row for row in of_all if str(row["model_name"]).startswith(COMBINATION)] or of_all
    frame = pd.DataFrame(
        [
            {
                "day": pd.Timestamp(row["cutoff_date"]),
                "wql": float(row["wql"]),
                "line": _KINDS.get(str(row["kind"]), str(row["kind"])),
                "when": formats.day(row["cutoff_date"]),
            }
            for row in served
        ]
        + [
            {
                "day": pd.Timestamp(row["cutoff_date"]),
                "wql": float(row["expected_wql"]),
                "line": "Expected",
                "when": formats.day(row["cutoff_date"]),
            }
            for row in served
            if row["expected_wql"] is not None
        ]
    ).drop_duplicates(["day", "line"], keep="last")
    if frame["day"].nunique() < 2:
        st.caption("One run so far; a line is drawn from the second run on.")
        return
    order = [name for name in ("Last 28 days", "Backtest", "Expected") if name in set(frame["line"])]
    chart = charts.lines(frame, "day", "wql", "line", order=order, title="WQL", grain="day", fmt=",.3f")
    st.altair_chart(chart, alt="Error of the forecasts from run to run, with what the backtest leads to expect")


def _drift(rows: list[Row]) -> None:
    newest = max(row["cutoff_date"] for row in rows)
    latest = [row for row in rows if row["cutoff_date"] == newest]
    if all(row["expected_wql"] is None for row in latest):
        st.caption("There is no backtest yet to compare the newest run with.")
        return
    drifting = sorted({_segment(row["segment"]) for row in latest if row["is_drifting"]})
    if drifting:
        st.markdown(
            ":orange-badge[Drifting] "
            + formats.plain(
                f"Since the last run the error is larger than runs usually differ: {', '.join(drifting)}. "
                "The next selection weighs the models anew; look below for what is hard to forecast."
            )
        )
    else:
        st.markdown(":green-badge[Steady] The error is as the backtest leads to expect.")


def _hardest(shop: Shop) -> None:
    """Series with the most units forecast wrongly: error times volume."""
    names = ("series_id", "store_id", "product_id", "category", "mean_daily_units", "evidence", *_SCORES)
    rows = records(shop.rows("fct_forecast_series", names))
    known = [row for row in rows if row["wape"] is not None and row["mean_daily_units"]]
    if not known:
        components.empty("The accuracy of single series is not known yet.")
        return
    for row in known:
        row["wrong"] = float(row["wape"]) * float(row["mean_daily_units"])
    known.sort(key=lambda row: -float(row["wrong"]))
    worst = known[:50]
    stores = shop.store_names()
    products = shop.product_names({str(row["product_id"]) for row in worst if row["product_id"]})
    for row in worst:
        row["store"] = stores.get(str(row["store_id"]))
        row["what"] = products.get(str(row["product_id"])) if row["product_id"] else f"{row['category']} (category)"
    columns = (
        Column("what", "Product", "text", "column"),
        Column("store", "Store", "text", "column"),
        Column("mean_daily_units", "Sold a day", "rate", "column"),
        Column("wrong", "Wrong by a day", "rate", "column"),
        Column("wape", "WAPE", "ratio", "column"),
        Column("bias", "Bias", "ratio", "column"),
        Column("evidence", "Evidence", "text", "column"),
    )
    components.table(worst, columns, shop.currency, "hardest", alt="Series with the largest errors in units")
    st.page_link("views/forecast.py", label="Look at one on the Forecast page")


page.show("Model report", render)
