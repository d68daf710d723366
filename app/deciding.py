"""Deciding on drafts from a page: the quantity as it is typed, the decision, and what came of it.

A decision is taken in a callback, once per click. The store answers a repeated one with the first, and refuses what was
decided otherwise meanwhile, in this tab or another.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Final

import streamlit as st

from app import formats
from app.data import Shop
from app.drafts import Draft
from retail.errors import TillsightError
from retail.operational.decisions import Decision, Decisions
from retail.principal import Principal
from retail.vocabulary import DecisionAction

_NOTES: Final = "decision_notes"
_HERE: Final = "decided_here"
_PAST: Final = {
    DecisionAction.APPROVE: "Approved",
    DecisionAction.CHANGE: "Changed",
    DecisionAction.REJECT: "Rejected",
    DecisionAction.SNOOZE: "Snoozed",
}


def quantity_key(draft: Draft) -> str:
    """Name of the field in which the draft's quantity is typed; another one as soon as another quantity stands."""
    return f"quantity_{draft.draft_id}_{draft.quantity:g}"


def wanted(draft: Draft) -> float:
    """Units as they are typed on this page, else as they stand."""
    typed = formats.as_float(st.session_state.get(quantity_key(draft)))
    return draft.quantity if typed is None else typed


def decided_here() -> frozenset[str]:
    """Drafts that were decided since the page was opened: they keep their place, so that no click meets another."""
    return frozenset(st.session_state.get(_HERE, ()))


def forget_decided() -> None:
    """Let go of the places of decided drafts: the page is opened anew."""
    st.session_state.pop(_HERE, None)


def show_notes() -> None:
    """Say what came of the decisions since the page was last drawn, each once."""
    for is_done, text in st.session_state.pop(_NOTES, []):
        st.toast(formats.plain(text))  # seen wherever the page is scrolled to, and moves nothing
        if not is_done:
            st.error(formats.plain(text))


def decide(
    shop: Shop,
    draft: Draft,
    action: DecisionAction,
    *,
    quantity: float | None = None,
    reason: str | None = None,
    snooze_until: date | None = None,
) -> None:
    """Take one decision and note what came of it."""
    with closing(Decisions.of(shop.workspace, shop.settings)) as store:
        try:
            decision = store.decide(
                _principal(shop),
                draft.row,
                action,
                quantity=quantity,
                reason=reason,
                snooze_until=snooze_until,
                today=shop.today,
            )
        except TillsightError as error:
            _note(is_done=False, text=str(error))
        else:
            _keep_place(draft)
            _note(is_done=True, text=_done(draft, decision))


def approve(shop: Shop, draft: Draft) -> None:
    """Approve a draft with the quantity that is typed."""
    decide(shop, draft, DecisionAction.APPROVE, quantity=_changed_quantity(draft))


def approve_all(shop: Shop, drafts: Sequence[Draft], what: str) -> None:
    """Approve several drafts with the quantities that are typed; each is a decision of its own."""
    approved, problems = 0, []
    with closing(Decisions.of(shop.workspace, shop.settings)) as store:
        for draft in drafts:
            quantity = _changed_quantity(draft)
            try:
                store.decide(_principal(shop), draft.row, DecisionAction.APPROVE, quantity=quantity, today=shop.today)
            except TillsightError as error:
                problems.append(str(error))
            else:
                _keep_place(draft)
                approved += 1
    if approved:
        _note(is_done=True, text=f"{formats.count(approved, 'draft')} of {what} approved.")
    for problem in problems:
        _note(is_done=False, text=problem)


def _changed_quantity(draft: Draft) -> float | None:
    """The typed quantity where it is another than the one that stands."""
    typed = wanted(draft)
    return None if typed == draft.quantity else typed


def _principal(shop: Shop) -> Principal:
    """Who decides, held to stores by their ids."""
    person = shop.principal
    return person if person.sees_every_store else replace(person, stores=tuple(sorted(shop.store_names())))


def _done(draft: Draft, decision: Decision) -> str:
    units = formats.number(decision.quantity_after, 0 if decision.quantity_after.is_integer() else 1)
    what = f"{units} × {draft.product} for {draft.store}"
    until = f" until {formats.day(decision.snooze_until)}" if decision.snooze_until else ""
    return f"{_PAST[decision.action]}{until}: {what}."


def _keep_place(draft: Draft) -> None:
    st.session_state[_HERE] = decided_here() | {draft.draft_id}


def _note(*, is_done: bool, text: str) -> None:
    st.session_state.setdefault(_NOTES, []).append((is_done, text))
