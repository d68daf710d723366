"""Terms that people have set: who, when, for what; a way to take each back, and what was changed before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Final

import streamlit as st

from app import components, term_editor
from app.data import Shop
from metrics import Column
from retail.errors import TillsightError
from retail.operational import audit
from retail.operational.database import open_store
from retail.operational.terms import TermOverride, TermOverrides, subject_of

_HISTORY: Final = 100


def show(shop: Shop, overrides: Sequence[TermOverride]) -> None:
    """Draw what people have set, with who set it, a way to take it back, and what was changed before."""
    if not overrides:
        components.empty("Nobody has set a term: the sources’ terms hold, and what they lack is assumed.")
    else:
        _table(shop, overrides)
        if shop.principal.may_decide:
            _clear_one(shop, overrides)
    with st.expander("Who set what, when", on_change="rerun", key="term_history") as history:
        if history.open:
            _history(shop)


def _table(shop: Shop, overrides: Sequence[TermOverride]) -> None:
    rows = [
        {
            "term": term_editor.LABELS[override.field],
            "value": term_editor.shown(shop, override),
            "scope": term_editor.scope(shop, override),
            "set_by": override.set_by,
            "set_at": override.set_at,
        }
        for override in overrides
    ]
    columns = (
        Column("term", "Term", "text", "column"),
        Column("value", "Value", "text", "column"),
        Column("scope", "For", "text", "column"),
        Column("set_by", "Set by", "text", "column"),
        Column("set_at", "Set (UTC)", "datetime", "column"),
    )
    components.table(rows, columns, shop.currency, "terms-set", alt="Terms that people have set")


def _clear_one(shop: Shop, overrides: Sequence[TermOverride]) -> None:
    by_subject = {subject_of(override): override for override in overrides}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Take back",
            list(by_subject),
            index=None,
            format_func=lambda key: (
                f"{term_editor.LABELS[by_subject[key].field]} · {term_editor.scope(shop, by_subject[key])}"
            ),
            placeholder="Pick one: the source’s term holds again",
            key="term_clear",
            width=420,
        )
        is_idle = chosen not in by_subject
        st.button(
            "Clear",
            key="term_clear_button",
            disabled=is_idle,
            on_click=_clear,
            args=() if is_idle else (shop, by_subject[str(chosen)]),
        )


def _clear(shop: Shop, override: TermOverride) -> None:
    supplier_id, product_id, store_id = override.scope
    try:
        with closing(TermOverrides.of(shop.workspace, shop.settings)) as store:
            store.clear(
                term_editor.acting(shop),
                override.field,
                supplier_id=supplier_id,
                product_id=product_id,
                store_id=store_id,
            )
    except TillsightError as error:
        term_editor.note(str(error), is_done=False)
    else:
        term_editor.note(
            f"{term_editor.LABELS[override.field]} of {term_editor.scope(shop, override)} is the source’s again.",
            is_done=True,
        )


def _history(shop: Shop) -> None:
    if not shop.principal.sees_every_store:
        components.empty("The history holds every store; it is for people who see all of them.")
        return
    engine = open_store(shop.workspace, shop.settings)
    try:
        entries = [entry for entry in audit.entries(engine, limit=_HISTORY) if entry.action.startswith("term.")]
    finally:
        engine.dispose()
    if not entries:
        components.empty("No term was set or taken back yet.")
        return
    rows = [
        {"at": entry.at, "actor": entry.actor, "action": entry.action.removeprefix("term."), "subject": entry.subject}
        | {"before": entry.before, "after": entry.after}
        for entry in entries
    ]
    columns = (
        Column("at", "When (UTC)", "datetime", "column"),
        Column("actor", "Who", "text", "column"),
        Column("action", "What", "text", "column"),
        Column("subject", "Which term", "text", "column"),
        Column("before", "Before", "text", "column"),
        Column("after", "After", "text", "column"),
    )
    components.table(rows, columns, shop.currency, "terms-history", alt="Changes of terms")
