"""Supplier terms: what is known of each supplier, what is assumed, and what people have set over it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Final

import streamlit as st

from app import components, filter_bar, formats, page, term_editor, term_import, term_list
from app.data import Row, Shop, records
from app.filters import Filters, equals
from forecasting.replenishment.tables import LEAD_TIMES
from metrics import Column, Filter
from retail.operational.term_fields import TermField
from retail.operational.terms import TermOverride, TermOverrides

_PRODUCTS = 2000
ASSUMED: Final = "assumed"  # source of a lead time that nobody has told and no receipt shows


def render(shop: Shop) -> None:
    """Draw the page."""
    filters = filter_bar.choose(shop, uses=("supplier",))
    with closing(TermOverrides.of(shop.workspace, shop.settings)) as store:
        overrides = [override for override in store.all() if _is_visible(shop, override)]
    term_editor.show_notes()
    page.section("What is missing", lambda: _missing(shop, overrides))
    page.section("Suppliers", lambda: _suppliers(shop, filters, overrides))
    page.section("Terms by product", lambda: _products(shop, filters))
    page.section("Set a term", lambda: term_editor.show(shop, filters.supplier))
    page.section("Set by people", lambda: term_list.show(shop, overrides))
    page.section("Import from CSV", lambda: term_import.show(shop))


def _is_visible(shop: Shop, override: TermOverride) -> bool:
    """Whether a term is for a store that the person may see, or for all."""
    return override.store_id is None or shop.principal.sees_every_store or override.store_id in shop.store_names()


def _missing(shop: Shop, overrides: Sequence[TermOverride]) -> None:
    """What drafts lack and how it is filled, each in a sentence."""
    told = [*_missing_of_suppliers(shop, overrides), *_missing_of_products(shop, overrides)]
    if not told:
        components.empty("Nothing is missing: every supplier has a lead time and order days, every product a cost.")
    for sentence in told:
        st.markdown(f"- {formats.plain(sentence)}")


def _missing_of_suppliers(shop: Shop, overrides: Sequence[TermOverride]) -> list[str]:
    suppliers = records(shop.rows("dim_suppliers", ("supplier_id", "supplier", "order_days")))
    if not suppliers:
        return ["No source names a supplier, so drafts have none. Set “Supplier” for a product below."]
    times = _lead_times(shop)
    timed = {row["supplier_id"] for row in times if row["source"] != ASSUMED}
    timed |= _set_for(overrides, "supplier_id", TermField.LEAD_TIME_DAYS)
    known_days = _set_for(overrides, "supplier_id", TermField.ORDER_DAYS, TermField.REVIEW_PERIOD_DAYS)
    sees_times = bool(times) and shop.principal.sees_every_store  # else a supplier's own row is hidden
    no_time = [str(row["supplier"]) for row in suppliers if sees_times and timed.isdisjoint({row["supplier_id"], None})]
    no_days = [
        str(row["supplier"])
        for row in suppliers
        if not row["order_days"] and known_days.isdisjoint({row["supplier_id"], None})
    ]
    told = []
    if no_time:
        days = formats.count(shop.settings.default_lead_time_days, "day")
        told.append(f"Lead time of {_names(no_time)}: no receipts and no promise, so {days} are assumed.")
    if no_days:
        days = formats.count(shop.settings.default_review_period_days, "day")
        told.append(f"Order days of {_names(no_days)}: not known, so one chance to order every {days} is assumed.")
    return told


def _missing_of_products(shop: Shop, overrides: Sequence[TermOverride]) -> list[str]:
    names = shop.readable(("product_id", "supplier_id", "unit_cost"))
    where = (equals("is_active", True), equals("is_stocked", True))
    products = records(shop.rows("dim_products", names, where=where))
    gaps = (
        ("supplier_id", TermField.SUPPLIER_ID, "Supplier of {}: their drafts stand under no supplier."),
        ("unit_cost", TermField.UNIT_COST, "Cost of {}: margin and service level are guessed without it."),
    )
    told = []
    for name, field, sentence in gaps:
        known = _set_for(overrides, "product_id", field)
        lacking = [row for row in products if row.get(name, "hidden") is None and row["product_id"] not in known]
        if lacking:
            told.append(sentence.format(formats.count(len(lacking), "product")))
    return told


def _set_for(overrides: Sequence[TermOverride], scope: str, *fields: TermField) -> set[str | None]:
    """Suppliers or products for which a person has set one of the terms; None where it is set for all."""
    return {getattr(override, scope) for override in overrides if override.field in fields}


def _names(names: Sequence[str], most: int = 4) -> str:
    shown = sorted(names)[:most]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _suppliers(shop: Shop, filters: Filters, overrides: Sequence[TermOverride]) -> None:
    where: tuple[Filter, ...] = (equals("supplier", filters.supplier),) if filters.supplier else ()
    names = ("supplier_id", "supplier", "order_days", "supplier_minimum_amount", "products")
    suppliers = records(shop.rows("dim_suppliers", names, where=where, order_by=("supplier",)))
    if not suppliers:
        components.empty("No source names a supplier.")
        return
    times = {str(row["supplier_id"]): row for row in _lead_times(shop) if row["store_id"] is None}
    rows = [_supplier(row, times.get(str(row["supplier_id"]), {}), overrides) for row in suppliers]
    columns = (
        Column("supplier", "Supplier", "text", "column"),
        Column("source", "Lead time from", "text", "column"),
        Column("median_days", "Lead time, middle", "days", "column"),
        Column("q90_days", "9 of 10 within", "days", "column"),
        Column("promised_days", "Promised", "days", "column"),
        Column("receipts", "Receipts", "count", "column"),
        Column("late_share", "Late", "ratio", "column"),
        Column("order_days", "Order days", "text", "column"),
        Column("supplier_minimum_amount", "Minimum", "currency", "column"),
        Column("products", "Products", "count", "column"),
        Column("set", "Set by people", "count", "column"),
    )
    components.table(rows, columns, shop.currency, "supplier-terms", alt="Terms of suppliers", height_rows=14)


def _lead_times(shop: Shop) -> list[Row]:
    """Lead times by supplier, and by store where it has enough receipts of its own."""
    names = ("supplier_id", "store_id", "promised_days", "receipts", "median_days", "q90_days", "late_share", "source")
    return records(shop.rows(LEAD_TIMES, names)) if shop.holds(LEAD_TIMES) else []


def _supplier(row: Row, times: Row, overrides: Sequence[TermOverride]) -> Row:
    of_supplier = [override for override in overrides if override.supplier_id == row["supplier_id"]]
    return times | row | {"set": len(of_supplier), "source": times.get("source")}


def _products(shop: Shop, filters: Filters) -> None:
    if filters.supplier is None:
        st.caption("Choose a supplier above to see its terms product by product.")
        return
    if not shop.holds("fct_supplier_terms"):
        components.empty("This run was published without them. The next run brings them.")
        return
    found = shop.rows("dim_suppliers", ("supplier_id",), where=(equals("supplier", filters.supplier),), limit=1).rows
    names = ("product_id", "lead_time_days", "order_days", "moq", "pack_size", "unit_cost", "is_preferred")
    rows = records(
        shop.rows(
            "fct_supplier_terms",
            shop.readable(names),
            where=(equals("supplier_id", str(found[0]["supplier_id"])),),
            limit=_PRODUCTS,
        )
    )
    if not rows:
        components.empty("The source gives no terms by product for this supplier.")
        return
    products = shop.product_names({str(row["product_id"]) for row in rows})
    for row in rows:
        row["product"] = products.get(str(row["product_id"]), row["product_id"])
    rows.sort(key=lambda row: str(row["product"]))
    columns = (
        Column("product", "Product", "text", "column"),
        Column("lead_time_days", "Lead time", "days", "column"),
        Column("moq", "Least order", "units", "column"),
        Column("pack_size", "Pack", "units", "column"),
        Column("unit_cost", "Unit cost", "currency", "column"),
        Column("order_days", "Order days", "text", "column"),
        Column("is_preferred", "Preferred", "flag", "column"),
    )
    shown = [column for column in columns if column.name in rows[0]]
    components.table(rows, shown, shop.currency, "product-terms", alt="Terms by product, as the source gives them")


page.show("Supplier terms", render)
