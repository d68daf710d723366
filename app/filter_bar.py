"""The row of filters on a page, kept in the session over a change of page and in the address, to be kept and sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from app import filters as shared
from app import formats, periods
from app.data import Shop
from app.filters import Choices, Filters
from app.periods import Period

_SESSION = "filters"
_WRITTEN = "filters_in_address"
_PRODUCTS_OFFERED = 1000
_COLUMNS = 5

EVERYTHING = ""
"""What a filter holds while it filters nothing."""


def choose(shop: Shop, uses: Collection[str], own: Collection[str] = ()) -> Filters:
    """Draw the filters that a page uses as one row, and give what is chosen.

    The address is read first if it is new, and is written afterwards; words of it that are the page's `own` are left
    to the page. A note in plain words is shown for each part of it that could not be used.
    """
    choices = shared.choices_of(shop)
    held: dict[str, str] = dict(st.session_state.get(_SESSION, {}))
    address = {name: st.query_params[name] for name in st.query_params if name not in own}
    if address != st.session_state.get(_WRITTEN):
        held |= {name: word for name, word in address.items() if name in (*shared.ALL, "from", "to")}
    understood, notes = shared.understand(held, choices, shop)
    st.session_state[_SESSION] = understood.address()
    filters = shared.only(understood, uses)
    _draw(shop, choices, filters, uses)
    _write_address(filters, uses, own)
    for note in notes:
        st.warning(note)
    return filters


def _draw(shop: Shop, choices: Choices, filters: Filters, uses: Collection[str]) -> None:
    with st.grid(_COLUMNS, min_column_width=150, gap="small"):
        if "period" in uses:
            _select("Period", "period", list(periods.LABELS), filters.period.name, periods.LABELS)
            if filters.period.name == periods.CUSTOM:
                _custom_dates(shop, filters.period)
        if "store" in uses:
            names = {code: name for code, (name, _) in choices.stores.items()}
            _select("Store", "store", [EVERYTHING, *names], filters.store, names)
        if "supplier" in uses:
            _select("Supplier", "supplier", [EVERYTHING, *choices.suppliers], filters.supplier, {})
        if "department" in uses:
            _select("Department", "department", [EVERYTHING, *choices.departments], filters.department, {})
        if "category" in uses:
            _select("Category", "category", [EVERYTHING, *choices.categories(filters.department)], filters.category, {})
        if "product" in uses:
            _select("Product", "product", [EVERYTHING, *_products_offered(shop, filters)], filters.product, {})
    if "period" in uses:
        st.caption(formats.span(filters.period.first, filters.period.last))


def _select(label: str, name: str, options: Sequence[str], chosen: str | None, shown: Mapping[str, str]) -> None:
    key = f"filter_{name}"
    st.session_state[key] = EVERYTHING if chosen is None else chosen
    st.selectbox(
        label,
        options,
        key=key,
        format_func=lambda option: "All" if option == EVERYTHING else shown.get(option, option),
        filter_mode="contains",
        on_change=_keep,
        args=(name,),
    )


def _custom_dates(shop: Shop, period: Period) -> None:
    st.session_state["filter_dates"] = (period.first, period.last)
    st.date_input(
        "From and to",
        key="filter_dates",
        min_value=shop.today - periods.LONGEST,
        max_value=shop.today,
        format="YYYY-MM-DD",
        on_change=_keep_dates,
    )


def _keep(name: str) -> None:
    held = {word: value for word, value in st.session_state.get(_SESSION, {}).items() if word != name}
    if name == "department":
        held.pop("category", None)
    chosen = st.session_state[f"filter_{name}"]
    st.session_state[_SESSION] = held if chosen == EVERYTHING else held | {name: chosen}


def _keep_dates() -> None:
    chosen = st.session_state["filter_dates"]
    if len(chosen) == 2:
        dates = {"from": chosen[0].isoformat(), "to": chosen[1].isoformat()}
        st.session_state[_SESSION] = dict(st.session_state.get(_SESSION, {})) | dates


def _write_address(filters: Filters, uses: Collection[str], own: Collection[str]) -> None:
    address = filters.address(**({} if "period" in uses else {"period": None}))
    present = {name: st.query_params[name] for name in st.query_params}
    wanted = address | {name: word for name, word in present.items() if name in own}
    if present != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[_WRITTEN] = address


def _products_offered(shop: Shop, filters: Filters) -> list[str]:
    """The best sellers of the last 90 days in the chosen department and category, by name, with the one chosen."""
    narrowed = replace(filters, product=None)
    period = periods.resolve("last_90_days", shop.today)
    best = shop.query(
        "net_sales",
        by=("product",),
        where=narrowed.where(),
        first=period.first,
        last=period.last,
        order_by=("-net_sales",),
        limit=_PRODUCTS_OFFERED,
    )
    names = {str(row["product"]) for row in best.rows if row["product"] is not None}
    return sorted(names | ({filters.product} if filters.product else set()))
