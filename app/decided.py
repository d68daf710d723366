"""Drafts that were decided: by whom, when and why; and the approved ones to hand to suppliers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Final

import streamlit as st

from app import components, drafts, formats, order_export, page
from app.data import Row, Shop
from app.draft_card import decision_words
from app.filters import Filters
from metrics import Column
from retail.operational.decisions import Decision, Decisions, state_of
from retail.vocabulary import DraftState

MOST: Final = 500
"""Decisions shown, the newest."""


def show(shop: Shop, filters: Filters, decisions: Iterable[Decision], state: DraftState) -> None:
    """Draw the drafts in one state, the newest decision first."""
    wanted = [
        decision
        for decision in decisions
        if state_of(decision, shop.today) is state
        and filters.store_id in {None, decision.store_id}
        and filters.supplier in {None, decision.supplier}
    ]
    if not wanted:
        components.empty(f"No draft is {state.value} with these filters.")
        return
    if filters.category:
        st.caption("The category is not kept with a decision; drafts of all categories are shown.")
    wanted.sort(key=lambda decision: decision.decided_at, reverse=True)
    stores = shop.store_names()
    rows = [_row(decision, stores, tells_money=shop.tells_money) for decision in wanted[:MOST]]
    components.table(rows, _columns(state, shop), shop.currency, f"drafts-{state.value}", alt=f"Drafts {state.value}")
    _history(shop, wanted[:MOST], stores)
    if state is DraftState.APPROVED:
        page.section("Purchase orders", lambda: order_export.show(shop, wanted, stores))


def _row(decision: Decision, stores: dict[str, str], *, tells_money: bool) -> Row:
    cost = decision.unit_cost if tells_money and decision.kind != "transfer" else None
    return {
        "product": decision.product or decision.product_id,
        "sku": decision.sku,
        "store": stores.get(decision.store_id, decision.store_id),
        "from": stores.get(str(decision.from_store_id), decision.from_store_id)
        if decision.from_store_id
        else decision.supplier or drafts.WITHOUT_SUPPLIER,
        "quantity": decision.quantity_after,
        "amount": None if cost is None else cost * decision.quantity_after,
        "delivery_date": decision.delivery_date,
        "snooze_until": decision.snooze_until,
        "user": decision.user,
        "decided_at": decision.decided_at,
        "reason": decision.reason,
    }


def _columns(state: DraftState, shop: Shop) -> list[Column]:
    columns = [
        Column("product", "Product", "text", "column"),
        Column("sku", "SKU", "text", "column"),
        Column("store", "Store", "text", "column"),
        Column("from", "From", "text", "column"),
        Column("quantity", "Units", "units", "column"),
        Column("amount", "Amount", "currency", "column"),
        Column("delivery_date", "There on", "date", "column"),
        Column("snooze_until", "Open again on", "date", "column"),
        Column("user", "Decided by", "text", "column"),
        Column("decided_at", "Decided (UTC)", "datetime", "column"),
        Column("reason", "Why", "text", "column"),
    ]
    hidden = set() if state is DraftState.SNOOZED else {"snooze_until"}
    hidden |= set() if state is DraftState.APPROVED and shop.tells_money else {"amount"}
    hidden |= {"reason"} if state is DraftState.APPROVED else set()
    return [column for column in columns if column.name not in hidden]


def _history(shop: Shop, wanted: Sequence[Decision], stores: dict[str, str]) -> None:
    """Every decision on a draft that is picked."""
    chosen = st.selectbox(
        "Decisions on",
        wanted,
        index=None,
        format_func=lambda decision: (
            f"{decision.product or decision.product_id} · {stores.get(decision.store_id, decision.store_id)}"
            f" · {decision.delivery_date}"
        ),
        placeholder="Pick a draft",
        key=f"decisions_on_{wanted[0].state.value}",
    )
    if chosen is None:
        return
    with closing(Decisions.of(shop.workspace, shop.settings)) as store:
        for decision in store.history(chosen.draft_id):
            st.markdown(f"- {formats.plain(decision_words(decision))}")
