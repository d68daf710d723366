"""Tickets and their lines: the last step of a drill, row by row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from app import components, formats
from app.data import Row, Shop
from app.filters import Filters, equals
from metrics import Column, Filter, Result

_ROWS = 500
_LINES = 200
_TICKETS = (
    Column("sold_at", "Sold at (store time)", "datetime", "column"),
    Column("store", "Store", "text", "column"),
    Column("units_sold", "Units", "units", "column"),
    Column("net_amount", "Net", "currency", "column"),
    Column("discount_amount", "Discount", "currency", "column"),
    Column("tax_amount", "Tax", "currency", "column"),
    Column("channel", "Channel", "text", "column"),
    Column("sale_id", "Ticket", "text", "column"),
)
_LINE_COLUMNS = (
    Column("sold_at", "Sold at (store time)", "datetime", "column"),
    Column("store", "Store", "text", "column"),
    Column("product", "Product", "text", "column"),
    Column("quantity", "Quantity", "units", "column"),
    Column("net_amount", "Net", "currency", "column"),
    Column("discount_amount", "Discount", "currency", "column"),
    Column("promotion", "Promotion", "text", "column"),
    Column("sale_id", "Ticket", "text", "column"),
)


def show(shop: Shop, filters: Filters) -> None:
    """Draw the tickets of a day; the sale lines of one product where one is chosen."""
    day = st.date_input(
        "Day",
        value=filters.period.last,
        min_value=filters.period.first,
        max_value=filters.period.last,
        format="YYYY-MM-DD",
        width=200,
        key=f"tickets_day_{filters.period.first}_{filters.period.last}",
    )
    day = day or filters.period.last  # an emptied field holds nothing
    where = [equals("business_date", day)]
    if filters.store_id:
        where.append(equals("store_id", filters.store_id))
    if filters.product:
        _lines_of_product(shop, filters.product, where, day)
    else:
        _tickets(shop, where, day)


def _tickets(shop: Shop, where: list[Filter], day: date) -> None:
    names = ("sale_id", "store_id", "channel", "sold_at", "units_sold", "net_amount", "discount_amount", "tax_amount")
    result = shop.rows("fct_sales", names, where=where, order_by=("-sold_at",), limit=_ROWS)
    if not result.rows:
        components.empty(f"There are no tickets on {formats.day(day)}.")
        return
    rows = _in_the_store(shop, result)
    components.table(
        rows,
        _TICKETS,
        shop.currency,
        f"tickets-{day}",
        alt="Tickets of the day",
        note=_how_many(result, _ROWS, "ticket"),
    )
    chosen = st.selectbox(
        "Lines of ticket",
        ["", *[str(row["sale_id"]) for row in rows]],
        format_func=lambda ticket: ticket or "Pick a ticket",
        key="tickets_ticket",
        width=320,
    )
    if chosen:
        _lines(shop, [equals("sale_id", chosen)], f"ticket-{chosen}")


def _lines_of_product(shop: Shop, product: str, where: list[Filter], day: date) -> None:
    found = shop.rows("dim_products", ("product_id",), where=(equals("product", product),), limit=1).rows
    if not found:
        return
    st.caption("Tickets with the chosen product. Take the product filter away to see all tickets of the day.")
    _lines(shop, [*where, equals("product_id", str(found[0]["product_id"]))], f"lines-{day}")


def _lines(shop: Shop, where: list[Filter], file_name: str) -> None:
    names = ("sale_id", "store_id", "product_id", "sold_at", "quantity", "net_amount", "discount_amount", "promotion")
    result = shop.rows("fct_sale_lines", names, where=where, order_by=("-sold_at",), limit=_LINES)
    if not result.rows:
        components.empty("There are no sale lines here.")
        return
    products = shop.product_names({str(row["product_id"]) for row in result.rows})
    rows = [row | {"product": products.get(str(row["product_id"]))} for row in _in_the_store(shop, result)]
    components.table(
        rows, _LINE_COLUMNS, shop.currency, file_name, alt="Sale lines", note=_how_many(result, _LINES, "line")
    )


def _in_the_store(shop: Shop, result: Result) -> list[Row]:
    """The rows with the store's name, and times as its clock shows them."""
    stores = {row["store_id"]: row for row in shop.rows("dim_stores", ("store_id", "store", "time_zone")).rows}
    rows = []
    for row in result.rows:
        store = stores.get(row["store_id"], {})
        sold_at = row["sold_at"]
        if isinstance(sold_at, datetime):
            utc = sold_at if sold_at.tzinfo else sold_at.replace(tzinfo=UTC)
            sold_at = utc.astimezone(ZoneInfo(str(store.get("time_zone") or "UTC"))).replace(tzinfo=None)
        rows.append(row | {"store": store.get("store"), "sold_at": sold_at})
    return rows


def _how_many(result: Result, most: int, noun: str) -> str:
    if result.truncated or len(result.rows) == most:
        return f"The newest {most} {noun}s; there are more."
    return formats.count(len(result.rows), noun)
