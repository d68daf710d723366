"""Setting terms of suppliers: what people know and no source says. Each change is in the audit."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Final

import streamlit as st

from app import components, formats
from app.data import Shop
from app.filters import equals
from retail.errors import TillsightError
from retail.operational.term_fields import TermField
from retail.operational.terms import TermOverride, TermOverrides
from retail.principal import Principal

ALL: Final = ""
LABELS: Final = {
    TermField.LEAD_TIME_DAYS: "Lead time (days)",
    TermField.ORDER_DAYS: "Order days",
    TermField.REVIEW_PERIOD_DAYS: "Days between orders",
    TermField.MOQ: "Least order (units)",
    TermField.PACK_SIZE: "Pack size (units)",
    TermField.SUPPLIER_MINIMUM_AMOUNT: "Supplier’s minimum (money)",
    TermField.SHELF_LIFE_DAYS: "Shelf life (days)",
    TermField.SERVICE_LEVEL: "Service level",
    TermField.UNIT_COST: "Unit cost",
    TermField.SUPPLIER_ID: "Supplier",
}
_EXAMPLES: Final = {
    TermField.LEAD_TIME_DAYS: "7",
    TermField.ORDER_DAYS: "mon,thu",
    TermField.SERVICE_LEVEL: "0.95 or 95%",
    TermField.SUPPLIER_ID: "The supplier’s name",
}
_NOTES: Final = "term_notes"
_VALUE: Final = "term_value"


def show_notes() -> None:
    """Say what came of the changes since the page was last drawn, each once."""
    for is_done, text in st.session_state.pop(_NOTES, []):
        st.toast(formats.plain(text))  # seen wherever the page is scrolled to, and moves nothing
        if not is_done:
            st.error(formats.plain(text))


def note(text: str, *, is_done: bool) -> None:
    """Keep a sentence for the next time the page is drawn."""
    st.session_state.setdefault(_NOTES, []).append((is_done, text))


def acting(shop: Shop) -> Principal:
    """Who sets terms, held to stores by their ids."""
    person = shop.principal
    return person if person.sees_every_store else replace(person, stores=tuple(sorted(shop.store_names())))


def show(shop: Shop, supplier: str | None) -> None:
    """Draw the fields in which a term is set; the supplier that the page is about is picked already."""
    if not shop.principal.may_decide:
        components.empty(f"The role {shop.principal.role.value} looks on; a manager or an admin sets terms.")
        return
    suppliers, stores = _suppliers(shop), shop.store_names()
    about = next((key for key, name in suppliers.items() if name == supplier), ALL)
    home = ALL if shop.principal.sees_every_store else next(iter(stores), ALL)
    with st.grid(4, min_column_width=170, gap="small"):
        supplier_id = _pick("For supplier", f"term_supplier_{about}", suppliers, about)
        product_id = _pick("For product", f"term_product_{about}", _products(shop, supplier), ALL)
        store_id = _pick("For store", "term_store", stores, home)
        field = st.selectbox("Term", list(LABELS), format_func=LABELS.__getitem__, key="term_field")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Value", key=_VALUE, placeholder=_EXAMPLES.get(field, "A number"), width=220)
        st.button(
            "Set", type="primary", key="term_set", on_click=_set, args=(shop, field, supplier_id, product_id, store_id)
        )
    st.caption(
        "What is set here is used instead of the source’s term, from the next run on. The narrowest holds: product and "
        "store before product, product before supplier."
    )


def _pick(label: str, key: str, options: dict[str, str], chosen: str) -> str | None:
    """Let a person pick one of the options, or all of them: None."""
    keys = [ALL, *options]
    picked = st.selectbox(
        label,
        keys,
        index=keys.index(chosen),
        format_func=lambda option: options.get(option, "All"),
        filter_mode="contains",
        key=key,
    )
    return picked or None


def _set(shop: Shop, field: TermField, supplier_id: str | None, product_id: str | None, store_id: str | None) -> None:
    value = str(st.session_state.get(_VALUE) or "").strip()
    if not value:
        note(f"Type a value for “{LABELS[field]}” first.", is_done=False)
        return
    try:
        if field is TermField.SUPPLIER_ID:  # then the value is a supplier, and the term is the product's
            value, supplier_id = _supplier_called(shop, value), None
        with closing(TermOverrides.of(shop.workspace, shop.settings)) as store:
            done = store.set(acting(shop), TermOverride(field, value, supplier_id, product_id, store_id))
    except TillsightError as error:
        note(str(error), is_done=False)
    else:
        note(f"{LABELS[done.field]} of {scope(shop, done)} is {shown(shop, done)} from the next run on.", is_done=True)


def _supplier_called(shop: Shop, word: str) -> str:
    """The id of the supplier of that name, or the word as it is."""
    return next((key for key, name in _suppliers(shop).items() if name.casefold() == word.casefold()), word)


def scope(shop: Shop, override: TermOverride) -> str:
    """For what a term holds, in names."""
    supplier_id, product_id, store_id = override.scope
    products = shop.product_names({product_id}) if product_id else {}
    parts = [
        _suppliers(shop).get(supplier_id, supplier_id) if supplier_id else None,
        products.get(product_id, product_id) if product_id else None,
        shop.store_names().get(store_id, store_id) if store_id else None,
    ]
    return " · ".join(part for part in parts if part) or "everything"


def shown(shop: Shop, override: TermOverride) -> str:
    """A term's value for people."""
    if override.field is TermField.SUPPLIER_ID:
        return _suppliers(shop).get(override.value, override.value)
    return override.value


def _suppliers(shop: Shop) -> dict[str, str]:
    found = shop.rows("dim_suppliers", ("supplier_id", "supplier"), order_by=("supplier",)).rows
    return {str(row["supplier_id"]): str(row["supplier"]) for row in found}


def _products(shop: Shop, supplier: str | None) -> dict[str, str]:
    where = (equals("is_active", True), *((equals("supplier", supplier),) if supplier else ()))
    found = shop.rows("dim_products", ("product_id", "product"), where=where, order_by=("product",)).rows
    return {str(row["product_id"]): str(row["product"]) for row in found}
