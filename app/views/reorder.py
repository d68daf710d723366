"""Reorder: drafts by supplier with their reasons, to approve, change, reject or snooze; and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app import components, decided, deciding, draft_card, drafts, filter_bar, formats, page, supplier_minimum
from app.components import Figure
from app.data import Shop
from app.drafts import UNDECIDED, Draft
from metrics import Column
from retail.operational.decisions import Decision
from retail.vocabulary import DraftState

STATE: Final = "state"  # in the address: /reorder?state=approved
DRAFT: Final = "draft"  # one draft alone, by its id

TO_DECIDE: Final = "open"
_WRITTEN: Final = "reorder_state_in_address"
_STATES: Final = {
    TO_DECIDE: "To decide",
    DraftState.APPROVED.value: "Approved",
    DraftState.REJECTED.value: "Rejected",
    DraftState.SNOOZED.value: "Snoozed",
}
_CARDS = 8
TRANSFERS: Final = "Between stores"


def render(shop: Shop) -> None:
    """Draw the page."""
    filters = filter_bar.choose(shop, uses=("store", "supplier", "category"), own=(STATE, DRAFT))
    deciding.show_notes()
    decisions = drafts.latest_decisions(shop)
    found = drafts.load(shop, filters, decisions) if shop.has_drafts else []
    state = _choose_state()
    if not shop.principal.may_decide:
        st.caption(
            f"You look on in the role {shop.principal.role.value}: a manager or an admin approves, changes and rejects."
        )
    if state == TO_DECIDE:
        approved = [made for made in decisions.values() if made.state is DraftState.APPROVED]
        _to_decide(shop, found, approved)
    else:
        decided.show(shop, filters, decisions.values(), DraftState(state))


def _choose_state() -> str:
    if "reorder_state" not in st.session_state:  # the page is opened, not drawn again
        deciding.forget_decided()
    asked = st.query_params.get(STATE, TO_DECIDE)
    if asked != st.session_state.get(_WRITTEN):  # a new address, not the one that this page wrote
        st.session_state["reorder_state"] = asked if asked in _STATES else TO_DECIDE
    state = st.segmented_control(
        "Show",
        list(_STATES),
        format_func=_STATES.__getitem__,
        required=True,
        key="reorder_state",
        label_visibility="collapsed",
    )
    st.session_state[_WRITTEN] = state = state or TO_DECIDE
    if state == TO_DECIDE:
        st.query_params.pop(STATE, None)
    else:
        st.query_params[STATE] = state
    return state


def _to_decide(shop: Shop, of_run: Sequence[Draft], approved: Sequence[Decision]) -> None:
    waiting = _waiting(of_run)
    if one := _asked_for(waiting):
        st.button("Show all drafts", key="reorder_all", on_click=_forget_draft)
        draft_card.show(shop, one)
        return
    if not waiting:
        components.empty(_nothing(shop))
        return
    _figures(shop, waiting)
    shown = [draft for draft in of_run if draft.state in UNDECIDED or draft.draft_id in deciding.decided_here()]
    transfers = [draft for draft in shown if draft.is_transfer]
    orders = drafts.by_supplier(shown, of_run)
    if transfers:
        _group(shop, TRANSFERS, transfers, approved, is_first=False)
    for number, (supplier, group) in enumerate(orders.items()):
        _group(shop, supplier, group, approved, is_first=number == 0)
    with st.expander("All as a table", on_change="rerun", key="reorder_table") as table:
        if table.open:
            _table(shop, waiting)


def _waiting(group: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in group if draft.state in UNDECIDED]


def _asked_for(waiting: Sequence[Draft]) -> Draft | None:
    """The draft that the address names; a note where it waits no more."""
    asked = st.query_params.get(DRAFT)
    if asked is None:
        return None
    found = next((draft for draft in waiting if draft.draft_id == asked), None)
    if found is None:
        st.query_params.pop(DRAFT)
        st.caption("The draft of the address does not wait for a decision any more, or the filters leave it out.")
    return found


def _forget_draft() -> None:
    st.query_params.pop(DRAFT, None)


def _nothing(shop: Shop) -> str:
    if not shop.has_stock:
        return "This source has no stock, and without stock nothing can be proposed. Connect one that has."
    if not shop.has_forecasts:
        return "Drafts come from forecasts, and there are none yet. The next run makes both."
    return "Nothing waits for a decision with these filters: stock and what is on order last until the next chance."


def _figures(shop: Shop, waiting: Sequence[Draft]) -> None:
    late = sum("late_for_stockout" in draft.flags for draft in waiting)
    units = sum(deciding.wanted(draft) for draft in waiting)
    shown = [
        Figure("To decide", formats.number(len(waiting)), help="Drafts that wait for a person."),
        Figure("Units", formats.number(units), help="Of all of them together."),
    ]
    if shop.tells_money:
        amount, unknown = _costs(waiting)
        left_out = f" {formats.count(unknown, 'draft')} without a known cost left out." if unknown else ""
        saving = sum(draft.saving or 0.0 for draft in waiting)
        shown += [
            Figure("Order value", formats.money(amount, shop.currency), help=f"At the known unit costs.{left_out}"),
            Figure(
                "Ordering saves",
                formats.money(saving, shop.currency),
                help="On average, against ordering nothing: missed margin and goodwill, less keeping and waste.",
            ),
        ]
    shown.append(Figure("Out before it comes", formats.number(late), help="Ask for an earlier delivery."))
    components.figures(shown)


def _costs(group: Sequence[Draft]) -> tuple[float | None, int]:
    """What the orders of a group cost as far as is known (None if nothing is), and how many are unknown."""
    amounts = [draft.cost_of(deciding.wanted(draft)) for draft in group if not draft.is_transfer]
    known = [amount for amount in amounts if amount is not None]
    return (sum(known) if known else None), len(amounts) - len(known)


def _money(shop: Shop, group: Sequence[Draft]) -> str:
    amount, unknown = _costs(group)
    return formats.money(amount, shop.currency) + (f" + {unknown} of unknown cost" if unknown else "")


def _group(shop: Shop, name: str, group: Sequence[Draft], approved: Sequence[Decision], *, is_first: bool) -> None:
    label = formats.plain(" · ".join(_summary(shop, name, _waiting(group))))
    with st.expander(label, expanded=is_first, on_change="rerun", key=f"supplier_{name}") as drawn:
        if drawn.open:
            _opened(shop, name, group, approved)


def _summary(shop: Shop, name: str, waiting: Sequence[Draft]) -> list[str]:
    if not waiting:
        return [name, "all decided"]
    parts = [name, formats.count(len(waiting), "draft"), f"{formats.number(sum(map(deciding.wanted, waiting)))} units"]
    if shop.tells_money and name != TRANSFERS:
        parts.append(_money(shop, waiting))
    day = min(draft.row["order_date"] for draft in waiting)
    return [*parts, "order today" if day <= shop.today else f"order by {formats.day(day)}"]


def _opened(shop: Shop, name: str, group: Sequence[Draft], approved: Sequence[Decision]) -> None:
    waiting = _waiting(group)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if name == TRANSFERS:
            st.caption("Another store has more than it needs: moving it is cheaper than buying.", width="content")
        else:
            supplier_minimum.show(shop, waiting, approved)
        if shop.principal.may_decide and waiting:
            _approve_all(shop, name, waiting)
    pages = -(-len(group) // _CARDS)
    number = st.pagination(pages, key=f"page_{name}") if pages > 1 else 1
    for draft in group[(number - 1) * _CARDS : number * _CARDS]:
        draft_card.show(shop, draft)


def _approve_all(shop: Shop, name: str, group: Sequence[Draft]) -> None:
    with st.popover(f"Approve all {len(group)}"):
        flagged = sum(bool(draft.flags) for draft in group)
        units = formats.number(sum(map(deciding.wanted, group)))
        costs = f" for {_money(shop, group)}" if shop.tells_money and name != TRANSFERS else ""
        st.markdown(
            formats.plain(f"{formats.count(len(group), 'draft')}, {units} units{costs}, as typed on this page.")
        )
        if flagged:
            st.caption(f"{formats.number(flagged)} of them flagged: look at these first.")
        st.button(
            f"Yes, approve {formats.count(len(group), 'draft')}",
            type="primary",
            key=f"approve_all_{name}",
            on_click=deciding.approve_all,
            args=(shop, group, name),
        )


def _table(shop: Shop, waiting: Sequence[Draft]) -> None:
    rows = [
        draft.row
        | {
            "store": draft.store,
            "supplier": draft.sender if draft.is_transfer else draft.supplier,
            "quantity": deciding.wanted(draft),
            "amount": draft.cost_of(deciding.wanted(draft)),
            "flags": ", ".join(reason for reason in draft.flags),
        }
        for draft in waiting
    ]
    columns = (
        Column("product", "Product", "text", "column"),
        Column("sku", "SKU", "text", "column"),
        Column("store", "Store", "text", "column"),
        Column("supplier", "From", "text", "column"),
        Column("quantity", "Units", "units", "column"),
        Column("amount", "Amount", "currency", "column"),
        Column("order_date", "Order by", "date", "column"),
        Column("delivery_date", "There on", "date", "column"),
        Column("stockout_date", "Likely out by", "date", "column"),
        Column("stockout_risk", "Stockout risk", "ratio", "column"),
        Column("days_of_cover", "Cover", "days", "column"),
        Column("flags", "Flags", "text", "column"),
    )
    shown = [column for column in columns if shop.tells_money or column.unit != "currency"]
    components.table(rows, shown, shop.currency, "drafts", alt="Drafts that wait for a decision")


page.show("Reorder", render)
