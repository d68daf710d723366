"""Whether the drafts of a supplier reach what it delivers for at least: per store and order day, as it delivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from app import deciding, formats
from app.data import Shop
from app.drafts import Draft
from retail.operational.decisions import Decision


def show(shop: Shop, group: Sequence[Draft], approved: Sequence[Decision]) -> None:
    """Draw a badge: reached, or how much is short and where. Nothing where there is no minimum or no cost is known."""
    if not shop.tells_money:
        return
    quantities = {draft.draft_id: deciding.wanted(draft) for draft in group}
    short = shortfalls(group, quantities, approved)
    if short is None:
        return
    if not short:
        st.badge("Supplier’s minimum reached", color="green")
        return
    stores = {str(draft.row["store_id"]): draft.store for draft in group}
    words = [f"{stores[store]} {formats.money(missing, shop.currency)}" for (store, _), missing in short.items()]
    st.badge(formats.plain(f"Short of the supplier’s minimum: {', '.join(words)}"), color="orange")


def shortfalls(
    group: Sequence[Draft], quantities: Mapping[str, float], approved: Sequence[Decision]
) -> dict[tuple[str, date], float] | None:
    """Money that each order of the group lacks, by store and order day, approved drafts of the same order counted.

    Args:
        group: Drafts of one supplier.
        quantities: Units to order, by draft.
        approved: What is approved already, of any supplier.

    Returns:
        Only orders that lack some; None where no minimum is known, or the cost of a draft is not.
    """
    minimums: dict[tuple[str, date], float] = {}
    totals: dict[tuple[str, date], float] = {}
    for draft in group:
        order = (str(draft.row["store_id"]), draft.row["order_date"])
        cost = draft.cost_of(quantities[draft.draft_id])
        if cost is None:
            return None
        totals[order] = totals.get(order, 0.0) + cost
        minimum = formats.as_float(draft.reasons.get("supplier_minimum_amount"))
        if minimum:
            minimums[order] = max(minimum, minimums.get(order, 0.0))
    if not minimums:
        return None
    suppliers = {draft.row["supplier_id"] for draft in group}
    for made in approved:
        order = (made.store_id, made.order_date)
        if order in totals and made.supplier_id in suppliers:
            totals[order] += (made.unit_cost or 0.0) * made.quantity_after
    return {order: least - totals[order] for order, least in minimums.items() if totals[order] < least}
