"""Sales: the trend, what moves and what does not, by any dimension, down to the tickets."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import breakdown, charts, components, filter_bar, formats, page, tickets
from app.components import Figure
from app.data import Row, Shop, records
from app.filters import Filters
from app.periods import Period
from metrics import Column

FIGURES = ("net_sales", "transactions", "average_basket", "units_sold", "gross_margin_rate")
TRENDS = (
    "net_sales",
    "units_sold",
    "transactions",
    "average_basket",
    "gross_margin",
    "gross_margin_rate",
    "discount_amount",
    "discount_rate",
    "return_rate",
)
_COMPARISONS = {"previous": "Period before", "year_before": "Year before"}


def render(shop: Shop) -> None:
    """Draw the page."""
    filters = filter_bar.choose(shop, uses=("period", "store", "department", "category", "product"))
    chosen = st.segmented_control(
        "Compared with", list(_COMPARISONS), default="previous", format_func=_COMPARISONS.__getitem__, required=True
    )
    before = filters.period.previous() if chosen == "previous" else filters.period.year_before()
    _figures(shop, filters, before)
    metric = _trend(shop, filters, before)
    page.section("What makes it up", lambda: breakdown.show(shop, filters, before, metric))
    if filters.product is None:
        left, right = st.columns(2, gap="medium")
        with left:
            page.section("Top sellers", lambda: _best(shop, filters))
        with right:
            page.section("Slow movers", lambda: _slow(shop, filters))
    page.section("Tickets", lambda: tickets.show(shop, filters))


def _figures(shop: Shop, filters: Filters, before: Period) -> None:
    names = shop.visible(FIGURES)
    period = filters.period
    now = shop.query(*names, where=filters.where(), first=period.first, last=period.last)
    then = shop.query(*names, where=filters.where(), first=before.first, last=before.last)
    components.figures(
        [
            Figure(
                label=shop.catalogue.metric(name).label,
                value=formats.value(shop.number(now, name), shop.catalogue.metric(name).unit, shop.currency),
                change=formats.change(shop.number(now, name), shop.number(then, name)),
                help=shop.catalogue.metric(name).description,
            )
            for name in names
        ]
    )
    still_running = " Today is not over and counts as far as it has come." if period.last == shop.today else ""
    st.caption(f"Change on {formats.span(before.first, before.last)}.{still_running}")
    components.warnings(now)


def _trend(shop: Shop, filters: Filters, before: Period) -> str:
    names = shop.visible(TRENDS)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.subheader("Trend", anchor=False)
    name = right.selectbox(
        "Metric",
        names,
        format_func=lambda name: shop.catalogue.metric(name).label,
        key="sales_metric",
        persist_state="session",
    )
    metric = shop.catalogue.metric(name)
    grain = filters.period.grain
    frames = [
        _series(shop, filters, name, filters.period, grain, "This period"),
        _series(shop, filters, name, before, grain, _COMPARISONS[before.name]),
    ]
    frame = pd.concat([part for part in frames if not part.empty] or frames, ignore_index=True)
    if frame[name].isna().all():
        components.empty(f"{metric.label} has no values on these days.")
        return name
    unit = shop.currency if metric.unit == "currency" else metric.unit
    chart = charts.lines(
        frame,
        "position",
        name,
        "series",
        order=["This period", _COMPARISONS[before.name]],
        title=f"{metric.label} ({unit} per {grain})" if metric.unit != "ratio" else metric.label,
        grain=grain,
        fmt=".1%" if metric.unit == "ratio" else ",.2f" if metric.unit == "currency" else ",.0f",
    )
    st.altair_chart(chart, alt=f"{metric.label} over time, with the period it is compared with")
    return name


def _series(shop: Shop, filters: Filters, name: str, period: Period, grain: str, series: str) -> pd.DataFrame:
    """One line of the trend, placed on the days of the chosen period so that two lines lie over each other."""
    result = shop.query(name, by=(grain,), where=filters.where(), first=period.first, last=period.last)
    frame = result.frame()
    frame = frame[frame[name].notna()].assign(series=series)
    if grain == "hour":
        frame["position"] = frame["hour"]
        frame["when"] = [f"{formats.day(period.first)}, {hour}:00" for hour in frame["hour"]]
        return frame
    shift = pd.Timestamp(filters.period.first) - pd.Timestamp(period.first)
    if grain == "month":
        frame["position"] = [day + pd.DateOffset(months=round(shift.days / 30.4375)) for day in frame["month"]]
    else:
        frame["position"] = frame[grain] + pd.Timedelta(days=shift.days)
    words = formats.day if grain == "day" else formats.month if grain == "month" else formats.week
    frame["when"] = [words(day.date()) for day in frame[grain]]
    return frame


def _best(shop: Shop, filters: Filters) -> None:
    names = shop.visible(("net_sales", "units_sold", "gross_margin_rate"))
    result = shop.query(
        *names,
        by=("product",),
        where=filters.where(),
        first=filters.period.first,
        last=filters.period.last,
        order_by=("-net_sales",),
        limit=50,
    )
    if result.rows:
        components.table(result.rows, result.columns, shop.currency, "top-sellers", alt="Products that sell best")
    else:
        components.empty("Nothing was sold with these filters.")


def _slow(shop: Shop, filters: Filters) -> None:
    """Most stock for the least sale; where a source has no stock, the least sold."""
    if not shop.has_stock:
        result = shop.query(
            "units_sold",
            "net_sales",
            by=("product",),
            where=filters.where(),
            first=filters.period.first,
            last=filters.period.last,
            order_by=("units_sold",),
            limit=50,
        )
        st.caption("This source has no stock, so these are the products that sold least.")
        components.table(result.rows, result.columns, shop.currency, "slow-movers", alt="Products that sold least")
        return
    names = shop.visible(("on_hand", "stock_value", "mean_daily_units", "days_of_cover"))
    result = shop.query(*names, by=("product",), where=filters.where())
    rows = [row for row in records(result) if (formats.as_float(row["on_hand"]) or 0) > 0]
    rows.sort(key=_cover, reverse=True)
    columns = [column for column in result.columns if column.name != "mean_daily_units"]
    columns.append(Column("mean_daily_units", "Sold a day", "rate", "metric"))
    if rows:
        components.table(rows[:50], columns, shop.currency, "slow-movers", alt="Products with most days of cover")
    else:
        components.empty("Nothing is in stock with these filters.")


def _cover(row: Row) -> float:
    """Days of cover; stock that does not sell at all comes first, the larger the earlier."""
    cover = formats.as_float(row["days_of_cover"])
    return cover if cover is not None else 1e9 + (formats.as_float(row["on_hand"]) or 0)


page.show("Sales", render)
