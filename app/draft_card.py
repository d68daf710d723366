"""One reorder draft on the page: what to order and why, how sure, and what a person can do with it."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from typing import Final, Literal

import pandas as pd
import streamlit as st

from app import components, deciding, formats, planning_charts, reasons
from app.data import Shop
from app.drafts import UNDECIDED, Draft
from app.filters import equals
from forecasting.replenishment.tables import ORDER_COST_CURVES
from metrics import Column
from retail.operational.decisions import Decision, Decisions
from retail.operational.wishes import SNOOZE_DAYS
from retail.vocabulary import DecisionAction, DraftState

REJECTIONS: Final = (
    "Enough on the shelf",
    "Ordered elsewhere",
    "Leaving the range",
    "Too expensive now",
    "No space",
    "Supplier cannot deliver",
)
"""Reasons that are offered; a person may write another."""

_RED: Final = frozenset({"late_for_stockout", "negative_stock", "no_cost", "over_shelf_life"})


def show(shop: Shop, draft: Draft) -> None:
    """Draw a draft: one that waits, or one that was decided on this page and keeps its place."""
    with st.container(border=True, key=f"draft_{draft.draft_id}", gap="small"):
        if shop.principal.may_decide:
            told, actions = st.columns([2, 1], gap="medium", vertical_alignment="center")
            with actions:
                if draft.state in UNDECIDED:
                    _actions(shop, draft)
                else:
                    _decided(draft)
            with told:
                _tell(shop, draft)
        else:
            _tell(shop, draft)
        with st.expander("Why", type="compact", on_change="rerun", key=f"why_{draft.draft_id}") as details:
            if details.open:
                _details(shop, draft)


def _tell(shop: Shop, draft: Draft) -> None:
    _heading(draft)
    st.markdown(_proposal(shop, draft))
    told = reasons.sentences(draft.reasons, draft.proposed, currency=_currency(shop, draft), sender=draft.sender)
    st.caption(formats.plain(" ".join(told) or _in_short(draft)))
    if draft.state is DraftState.CHANGED and draft.decision:
        st.caption(formats.plain(f"{decision_words(draft.decision)} The run proposes {_units(draft.proposed)}."))


def decision_words(decision: Decision) -> str:
    """A decision in a sentence."""
    change = ""
    if decision.quantity_after != decision.quantity_before:
        change = f" from {_units(decision.quantity_before)} to {_units(decision.quantity_after)}"
    until = f" until {formats.day(decision.snooze_until)}" if decision.snooze_until else ""
    why = f": {decision.reason}" if decision.reason else ""
    moment = f"{decision.decided_at:%d %b %Y %H:%M} UTC"
    return f"{decision.state.value.capitalize()}{change}{until} by {decision.user} ({decision.role}), {moment}{why}."


def _heading(draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{formats.plain(draft.product)}** · {formats.plain(draft.store)}", width="content")
        if draft.state is DraftState.CHANGED:
            st.badge("Changed", color="blue")
        for flag in draft.flags:
            color: Literal["red", "orange"] = "red" if flag in _RED else "orange"
            st.badge(formats.plain(reasons.flag_label(flag)), color=color, help=reasons.FLAG_HELP.get(flag))


def _proposal(shop: Shop, draft: Draft) -> str:
    """The order in one line: how many, what they cost, when they come."""
    parts = [f"**{formats.plain(_units(draft.proposed))}** units"]
    if draft.sender:
        parts[0] += f" from {formats.plain(draft.sender)}"
    cost = draft.cost_of(draft.proposed)
    if cost is not None:
        parts.append(formats.plain(formats.money(cost, _currency(shop, draft))))
    if draft.row["stockout_date"]:
        parts.append(f"likely out {_short_day(draft.row['stockout_date'])}")
    order_date = draft.row["order_date"]
    when = "today" if order_date == shop.today else _short_day(order_date)
    parts.append(f"order {when}, comes {_short_day(draft.row['delivery_date'])}")
    return " · ".join(parts)


def _in_short(draft: Draft) -> str:
    """The reasons for who may not see the reckoning."""
    cover, risk = formats.as_float(draft.row["days_of_cover"]), formats.as_float(draft.row["stockout_risk"])
    parts = [] if cover is None else [f"Stock lasts {formats.number(cover, 1)} days."]
    if risk is not None:
        parts.append(f"Without an order it runs out with a chance of {formats.percent(risk, 0)}.")
    return " ".join(parts)


def _actions(shop: Shop, draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            "Units",
            min_value=0.0,
            value=float(draft.quantity),
            step=max(1.0, formats.as_float(draft.reasons.get("pack_size")) or 1.0),
            format="%g",
            key=deciding.quantity_key(draft),
            label_visibility="collapsed",
            width=130,
        )
        st.button(
            "Approve", type="primary", key=f"approve_{draft.draft_id}", on_click=deciding.approve, args=(shop, draft)
        )
        if deciding.wanted(draft) != draft.quantity:
            st.button(
                "Keep",
                key=f"change_{draft.draft_id}",
                help="Keeps the typed quantity and leaves the draft open.",
                on_click=_change,
                args=(shop, draft),
            )
        with st.popover("Reject"):
            st.selectbox(
                "Why",
                REJECTIONS,
                index=None,
                accept_new_options=True,
                placeholder="Pick or write a reason",
                key=f"reason_{draft.draft_id}",
            )
            st.button("Reject this draft", key=f"reject_{draft.draft_id}", on_click=_reject, args=(shop, draft))
        with st.popover("Snooze"):
            st.date_input(
                "Open again on",
                value=shop.today + timedelta(days=SNOOZE_DAYS),
                min_value=shop.today + timedelta(days=1),
                format="YYYY-MM-DD",
                key=f"until_{draft.draft_id}",
            )
            st.button("Snooze this draft", key=f"snooze_{draft.draft_id}", on_click=_snooze, args=(shop, draft))


def _decided(draft: Draft) -> None:
    st.badge(draft.state.value.capitalize(), color="green" if draft.state is DraftState.APPROVED else "gray")
    if draft.decision:
        st.caption(formats.plain(decision_words(draft.decision)))


def _change(shop: Shop, draft: Draft) -> None:
    deciding.decide(shop, draft, DecisionAction.CHANGE, quantity=deciding.wanted(draft))


def _reject(shop: Shop, draft: Draft) -> None:
    reason = st.session_state.get(f"reason_{draft.draft_id}")
    deciding.decide(shop, draft, DecisionAction.REJECT, reason=reason)


def _snooze(shop: Shop, draft: Draft) -> None:
    until = st.session_state.get(f"until_{draft.draft_id}")
    deciding.decide(shop, draft, DecisionAction.SNOOZE, snooze_until=until)


def _details(shop: Shop, draft: Draft) -> None:
    if shop.tells_money:
        _cost_curve(shop, draft)
        _numbers(shop, draft)
    _history(shop, draft)
    st.page_link(
        "views/forecast.py",
        label="Its forecast",
        query_params={"series": f"{draft.product} · {draft.store}"},
    )


def _cost_curve(shop: Shop, draft: Draft) -> None:
    names = ("order_quantity", *planning_charts.COSTS)
    where = (equals("draft_id", draft.draft_id),)
    curve = shop.rows(ORDER_COST_CURVES, names, where=where, order_by=("order_quantity",)).frame()
    if curve.empty:
        return
    frame = curve.apply(pd.to_numeric)
    chart = planning_charts.cost_curve(
        frame, draft.proposed, title=f"Expected cost ({_currency(shop, draft)})", label="Proposed"
    )
    st.altair_chart(chart, alt=f"Expected cost of ordering more or less of {draft.product}")
    st.caption("Until the delivery after this one: missed sales fall with what is ordered, keeping and waste rise.")


def _numbers(shop: Shop, draft: Draft) -> None:
    terms = draft.reasons.get("terms")
    whence = terms if isinstance(terms, dict) else {}
    rows = [
        {"what": reasons.number_label(name), "value": _text(value), "whence": whence.get(name)}
        for name, value in draft.reasons.items()
        if name != "terms" and value is not None
    ]
    if not rows:
        return
    columns = (
        Column("what", "Number", "text", "column"),
        Column("value", "Value", "text", "column"),
        Column("whence", "Where from", "text", "column"),
    )
    components.table(rows, columns, shop.currency, f"reasons-{draft.draft_id}", alt="The numbers behind the draft")


def _history(shop: Shop, draft: Draft) -> None:
    with closing(Decisions.of(shop.workspace, shop.settings)) as store:
        taken = store.history(draft.draft_id)
    for decision in taken:
        st.markdown(f"- {formats.plain(decision_words(decision))}")


def _currency(shop: Shop, draft: Draft) -> str:
    return str(draft.row["currency"] or shop.currency)


def _short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _text(value: object) -> str:
    amount = formats.as_float(value)
    return str(value) if amount is None else f"{amount:,.4g}" if abs(amount) < 1000 else f"{amount:,.0f}"


def _units(quantity: float) -> str:
    return formats.number(quantity, 0 if float(quantity).is_integer() else 1)
