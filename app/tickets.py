"""Tickets and their lines: the last step of a drill, row by row."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app import components, formats
from app.data import Shop
from app.filters import Filters, equals
from metrics import Column, Filter, Result

_ROWS = 500
_LINES = 200
_TICKETS = (
    Column("sold_at", "Sold at (UTC)", "datetime", "column"),
    Column("store", "Store", "text", "column"),
    Column("units_sold", "Units", "units", "column"),
    Column("net_amount", "Net", "currency", "column"),
    Column("discount_amount", "Discount", "currency", "column"),
    Column("tax_amount", "Tax", "currency", "column"),
    Column("channel", "Channel", "text", "column"),
    Column("sale_id", "Ticket", "text", "column"),
)
_LINE_COLUMNS = (
    Column("sold_at", "Sold at (UTC)", "datetime", "column"),
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
    if not isinstance(day, date):
        return
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
    rows = _with_store_names(shop, result)
    components.table(rows, _TICKETS, shop.currency, f"tickets-{day}", alt="Tickets of the day")
    _say_how_many(result, "ticket")
    chosen = st.selectbox(
        "Lines of ticket",
        [None, *[str(row["sale_id"]) for row in rows]],
        format_func=lambda ticket: "Pick a ticket" if ticket is None else ticket,
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
    rows = [row | {"product": products.get(str(row["product_id"]))} for row in _with_store_names(shop, result)]
    components.table(rows, _LINE_COLUMNS, shop.currency, file_name, alt="Sale lines")
    _say_how_many(result, "line")


def _with_store_names(shop: Shop, result: Result) -> list[dict[str, object]]:
    stores = shop.store_names()
    return [row | {"store": stores.get(str(row["store_id"]))} for row in result.rows]


def _say_how_many(result: Result, noun: str) -> None:
    cut = len(result.rows) in {_ROWS, _LINES} or result.truncated
    st.caption(f"The newest {len(result.rows)} {noun}s; there are more." if cut else formats.count(len(result.rows), noun))
