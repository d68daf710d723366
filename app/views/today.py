"""Today: sales so far against the same weekday last week and last year, and what needs attention."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import attention, charts, comparison, components, filter_bar, formats, page
from app.chat import digest_card
from app.comparison import LAST_WEEK, LAST_YEAR, TODAY, DaySoFar
from app.components import Figure
from app.data import Shop
from app.filters import Filters, equals
from metrics import Column

FIGURES = ("net_sales", "transactions", "average_basket", "units_sold", "gross_margin")


def render(shop: Shop) -> None:
    """Draw the page."""
    filters = filter_bar.choose(shop, uses=("store",))
    so_far = comparison.day_so_far(shop, _time_zones(shop, filters), filters.where())
    _say_which_day(so_far)
    _figures(shop, filters, so_far)
    digest = st.expander("Today in a few sentences", expanded=True)
    hourly = comparison.by_store_and_hour(shop, so_far, filters.where())
    left, right = st.columns([3, 2], gap="medium")
    with left:
        page.section("Hour by hour", lambda: _hours(shop, hourly, so_far))
    with right:
        page.section("By store", lambda: _stores(shop, hourly, so_far))
    page.section("What needs attention", lambda: _attention(shop, filters))
    with digest:  # filled last: it takes longest, and nothing should wait for it
        digest_card.fill(shop, filters)


def _time_zones(shop: Shop, filters: Filters) -> list[str]:
    where = (equals("store_id", filters.store_id),) if filters.store_id else ()
    rows = shop.rows("dim_stores", ("time_zone",), where=where).rows
    return sorted({str(row["time_zone"]) for row in rows if row["time_zone"]})


def _say_which_day(so_far: DaySoFar) -> None:
    until = "the whole day" if so_far.until_hour == 24 else f"compared up to {so_far.until_hour}:00 store time"
    if not so_far.is_today:
        st.info(f"There are no sales yet today. This is {formats.day(so_far.day)}, {until}.")
    else:
        st.markdown(f"**{formats.day(so_far.day)}**, {until}")


def _figures(shop: Shop, filters: Filters, so_far: DaySoFar) -> None:
    names = shop.visible(FIGURES)
    now = shop.query(*names, where=filters.where(), first=so_far.day, last=so_far.day)
    then = comparison.totals(shop, so_far, names, filters.where())
    shown, on_year = [], []
    for name in names:
        metric = shop.catalogue.metric(name)
        fair, week, year = (shop.number(then[which], name) for which in (TODAY, LAST_WEEK, LAST_YEAR))
        if (change := formats.change(fair, year)) is not None:
            on_year.append(f"{metric.label.lower()} {change}")
        shown.append(
            Figure(
                label=metric.label,
                value=formats.value(shop.number(now, name), metric.unit, shop.currency),
                change=formats.change(fair, week),
                help=metric.description,
            )
        )
    components.figures(shown)
    sentence = f"Change on {formats.day(so_far.days[LAST_WEEK])}."
    if on_year:
        sentence += f" On the same weekday last year, {formats.day(so_far.days[LAST_YEAR])}: {', '.join(on_year)}."
    st.caption(formats.plain(sentence))
    components.warnings(now)


def _hours(shop: Shop, hourly: pd.DataFrame, so_far: DaySoFar) -> None:
    if hourly.empty:
        components.empty("No sales on these days.")
        return
    frame = hourly.groupby(["name", "hour"])["net_sales"].sum().reset_index()
    frame["when"] = frame["name"].map(so_far.days).map(formats.day) + ", " + frame["hour"].astype(str) + ":00"
    order = [name for name in so_far.days if name in set(frame["name"])]
    chart = charts.lines(
        frame,
        "hour",
        "net_sales",
        "name",
        order=order,
        title=f"Net sales ({shop.currency} per hour)",
        grain="hour",
    )
    st.altair_chart(chart, alt="Net sales by hour, today and on the days it is compared with")


def _stores(shop: Shop, hourly: pd.DataFrame, so_far: DaySoFar) -> None:
    now = _by_store(hourly[hourly["name"] == TODAY])
    if not now:
        components.empty("No sales in any store.")
        return
    complete = hourly[hourly["hour"] < so_far.until_hour]
    fair, week, year = (_by_store(complete[complete["name"] == name]) for name in (TODAY, LAST_WEEK, LAST_YEAR))
    rows = [
        {
            "store": store,
            "net_sales": amount,
            "last_week": formats.change(fair.get(store), week.get(store)),
            "last_year": formats.change(fair.get(store), year.get(store)),
        }
        for store, amount in sorted(now.items(), key=lambda item: item[1], reverse=True)
    ]
    columns = (
        Column("store", "Store", "text", "dimension"),
        Column("net_sales", "Net sales", "currency", "metric"),
        Column("last_week", "On last week", "text", "column"),
        Column("last_year", "On last year", "text", "column"),
    )
    components.table(rows, columns, shop.currency, "today-by-store", alt="Net sales by store")


def _by_store(hourly: pd.DataFrame) -> dict[str, float]:
    """Net sales of a day by store: hours add up."""
    return {str(store): float(amount) for store, amount in hourly.groupby("store")["net_sales"].sum().items()}


def _attention(shop: Shop, filters: Filters) -> None:
    found = attention.find(shop, filters)
    if not found:
        components.empty("Nothing stands out: no good seller is missing, and the data are fresh and complete.")
    with st.container(key="attention", gap="small"):
        for item in found:
            label = f":{item.color}-badge[{item.kind}] {item.sentence}"
            st.page_link(item.page, label=label, query_params=item.address, width="stretch")


page.show("Today", render)
