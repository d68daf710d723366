"""Stock risk: what runs out, when, how sure, and what it would cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from app import components, filter_bar, formats, page, planning_charts
from app.components import Figure
from app.data import Row, Shop, records
from app.filters import Filters, equals
from app.good_sellers import LIKELY
from forecasting.replenishment.tables import REORDER_DRAFTS, SCHEMAS, STOCK_RISK
from metrics import Column, Filter

_PICTURED = 15
_HORIZON = timedelta(days=28)


def render(shop: Shop) -> None:
    """Draw the page."""
    filters = filter_bar.choose(shop, uses=("store", "supplier", "category"))
    rows = _rows(shop, filters) if shop.holds(STOCK_RISK) else []
    if not rows:
        components.empty(_nothing(shop))
        return
    _figures(shop, rows)
    page.section("When it runs out", lambda: _picture(shop, rows))
    page.section("Everything at risk", lambda: _table(shop, rows))


def _rows(shop: Shop, filters: Filters) -> list[Row]:
    """Products in stores, the most money at risk first."""
    chosen = {"store_id": filters.store_id, "supplier": filters.supplier, "category": filters.category}
    where: list[Filter] = [equals(name, value) for name, value in chosen.items() if value is not None]
    found = shop.rows(
        STOCK_RISK,
        shop.readable(SCHEMAS[STOCK_RISK]),
        where=where,
        order_by=("-expected_lost_amount", "-risk_7_days", "product"),
    )
    stores = shop.store_names()
    rows = records(found)
    for row in rows:
        row["store"] = stores.get(str(row["store_id"]), str(row["store_id"]))
        row["plan"] = "Draft" if row["has_draft"] else "On order" if (row["on_order"] or 0) > 0 else "Nothing"
    return rows


def _nothing(shop: Shop) -> str:
    if not shop.has_stock:
        return (
            "This source has no stock: it says neither what is on the shelf nor what was received, so nobody can say "
            "what runs out. Connect a source that has stock."
        )
    if not shop.run.tables.get(STOCK_RISK):
        return "The risk of running out comes from forecasts and stock. The next run works it out."
    return "Nothing is forecast alone with these filters. Choose another store, supplier or category."


def _figures(shop: Shop, rows: Sequence[Row]) -> None:
    out = sum((row["available"] or 0) <= 0 for row in rows)
    in_7, in_14 = (sum((row[name] or 0) >= LIKELY for row in rows) for name in ("risk_7_days", "risk_14_days"))
    unplanned = sum((row["risk_14_days"] or 0) >= LIKELY and row["plan"] == "Nothing" for row in rows)
    lost = sum(formats.as_float(row["expected_lost_amount"]) or 0.0 for row in rows)
    components.figures(
        [
            Figure("Out now", formats.number(out), help="Products in stores with nothing available."),
            Figure(
                "Out within 7 days", formats.number(in_7), help="More likely than not, deliveries on order counted."
            ),
            Figure("Out within 14 days", formats.number(in_14), help="More likely than not, deliveries counted."),
            Figure("Of these without a plan", formats.number(unplanned), help="No draft, and nothing on order."),
            Figure(
                "Sales at risk",
                formats.money(lost, shop.currency),
                help="Expected in the next 28 days and not served by stock and what is on order, at usual prices.",
            ),
        ]
    )


def _picture(shop: Shop, rows: Sequence[Row]) -> None:
    soon = [row for row in rows if row["early_stockout_date"] is not None][:_PICTURED]
    if not soon:
        components.empty("Nothing runs out within the next four weeks, as far as can be seen.")
        return
    names = ("early_stockout_date", "stockout_date", "late_stockout_date", "next_receipt_date")
    end = shop.today + _HORIZON
    frame = pd.DataFrame(
        [
            {
                "name": _name(row),
                **dict(zip(("early", "middle", "late", "receipt"), (_day(row[name]) for name in names), strict=True)),
                "late_shown": _day(row["late_stockout_date"] or max(end, row["early_stockout_date"])),
            }
            for row in soon
        ]
    ).astype(dict.fromkeys(("early", "middle", "late", "receipt", "late_shown"), "datetime64[ns]"))
    chart = planning_charts.stockout_dates(frame, pd.Timestamp(shop.today))
    st.altair_chart(chart, alt="When products run out, early and late, and their next deliveries")
    st.caption(
        "The bar goes from the day by which 1 in 10 would be out to the day by which 9 in 10 would be; the dot is an "
        "even chance. Green: the next delivery that is on order. Grey line: today. The most money at risk comes first."
    )


def _name(row: Row) -> str:
    return f"{row['product']} · {row['store']}"


def _day(value: date | None) -> pd.Timestamp | None:
    return None if value is None else pd.Timestamp(value)


def _table(shop: Shop, rows: Sequence[Row]) -> None:
    columns = (
        Column("product", "Product", "text", "column"),
        Column("store", "Store", "text", "column"),
        Column("stockout_date", "Likely out by", "date", "column"),
        Column("risk_7_days", "Within 7 days", "ratio", "column"),
        Column("risk_14_days", "14 days", "ratio", "column"),
        Column("risk_28_days", "28 days", "ratio", "column"),
        Column("expected_lost_amount", "Sales at risk", "currency", "column"),
        Column("expected_lost_units", "Units at risk", "rate", "column"),
        Column("plan", "Plan", "text", "column"),
        Column("days_of_cover", "Cover", "days", "column"),
        Column("available", "Available", "units", "column"),
        Column("on_order", "On order", "units", "column"),
        Column("next_receipt_date", "Next delivery", "date", "column"),
        Column("mean_daily_demand", "Wanted a day", "rate", "column"),
        Column("abc_class", "ABC", "text", "column"),
        Column("xyz_class", "XYZ", "text", "column"),
        Column("supplier", "Supplier", "text", "column"),
        Column("evidence", "Evidence", "text", "column"),
    )
    components.table(rows, columns, shop.currency, "stock-risk", alt="Products in stores and their risk of running out")
    by_name = {_name(row): row for row in rows}
    chosen = st.selectbox(
        "Go on with",
        list(by_name),
        index=None,
        placeholder="Pick a product",
        filter_mode="contains",
        key="stock_risk_product",
    )
    if chosen is not None:
        _links(shop, by_name[chosen])


def _links(shop: Shop, row: Row) -> None:
    with st.container(horizontal=True):
        where = (equals("product_id", row["product_id"]), equals("store_id", row["store_id"]))
        found = shop.rows(REORDER_DRAFTS, ("draft_id",), where=where, limit=1).rows if row["has_draft"] else []
        if found:
            address = {"draft": str(found[0]["draft_id"])}
            st.page_link("views/reorder.py", label="Its reorder draft", query_params=address)
        else:
            st.caption("There is no draft for it.", width="content")
        st.page_link("views/forecast.py", label="Its forecast", query_params={"series": _name(row)})


page.show("Stock risk", render)
