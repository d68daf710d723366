"""Approved drafts as purchase orders, one per supplier, to hand out as CSV or PDF. Every export is in the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal

import streamlit as st

from app import components, formats
from app.data import Shop
from forecasting.replenishment.purchase_orders import PurchaseOrder, purchase_orders, to_csv, to_pdf
from retail.operational import exports
from retail.operational.database import open_store
from retail.operational.decisions import Decision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

Form = Literal["csv", "pdf"]
_MIME: Final[Mapping[Form, str]] = {"csv": "text/csv", "pdf": "application/pdf"}
_EARLIER_SHOWN: Final = 50


def show(shop: Shop, approvals: Sequence[Decision], stores: Mapping[str, str]) -> None:
    """Draw what can be handed to suppliers: what is new by supplier, and what was exported before."""
    if not shop.principal.may_decide:
        st.caption("Purchase orders are for managers and admins.")
        return
    with _store(shop) as engine:
        numbers = exports.exported(engine)
    new = purchase_orders((made for made in approvals if made.decision_id not in numbers), stores)
    if not new:
        components.empty("Every approved order has been exported. Transfers between stores need no purchase order.")
    for order in new:
        _order(shop, order)
    earlier = _earlier(approvals, numbers, stores)
    if earlier:
        with st.expander(f"Exported before ({formats.count(len(earlier), 'order')})"):
            for order in earlier[:_EARLIER_SHOWN]:
                _order(shop, order)


def order_file(shop: Shop, order: PurchaseOrder, form: Form) -> bytes:
    """The order as a file, noted in the audit first.

    Raises:
        Refused: The role may not export.
        StoreError: The audit could not be written, so there is no file.
    """
    with _store(shop) as engine:
        approvals = [line.decision_id for line in order.lines]
        exports.record_export(engine, shop.principal, order.number, order.supplier_id, approvals, form)
    return to_csv(order) if form == "csv" else to_pdf(order)


def _earlier(
    approvals: Sequence[Decision], numbers: Mapping[str, str], stores: Mapping[str, str]
) -> list[PurchaseOrder]:
    """Orders as they were exported last, the newest first."""
    by_number: dict[str, list[Decision]] = {}
    for made in approvals:
        if made.decision_id in numbers:
            by_number.setdefault(numbers[made.decision_id], []).append(made)
    orders = [order for group in by_number.values() for order in purchase_orders(group, stores)]
    return sorted(orders, key=lambda order: (order.ordered_on, order.number), reverse=True)


def _order(shop: Shop, order: PurchaseOrder) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        amounts = " + ".join(formats.money(amount, currency) for currency, amount in sorted(order.amounts.items()))
        parts = [order.number, formats.count(len(order.lines), "line"), f"{formats.number(order.units)} units"]
        parts += [amounts] if amounts and shop.tells_money else []
        parts += [f"{order.lines_without_cost} without cost"] if order.lines_without_cost else []
        st.markdown(f"**{formats.plain(order.supplier)}** · {formats.plain(' · '.join(parts))}", width="content")
        with st.container(horizontal=True, width="content"):
            for form in _MIME:
                _download(shop, order, form)


def _download(shop: Shop, order: PurchaseOrder, form: Form) -> None:
    st.download_button(
        form.upper(),
        data=lambda: order_file(shop, order, form),
        file_name=f"{order.file_stem}.{form}",
        mime=_MIME[form],
        on_click="ignore",
        key=f"export_{order.number}_{form}",
    )


@contextmanager
def _store(shop: Shop) -> Iterator[Engine]:
    engine = open_store(shop.workspace, shop.settings)
    try:
        yield engine
    finally:
        engine.dispose()
