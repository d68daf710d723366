"""Reorder drafts as the assistant tells them: rows of the published run as people's decisions have left them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.assistant import planning
from app.assistant.books import Books
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.formats import as_float
from forecasting.replenishment.tables import REORDER_DRAFTS
from metrics.result import Row
from retail.operational.decisions import Decision, quantity_of, state_of
from retail.vocabulary import DraftState

_READ: Final = (
    "draft_id", "kind", "product_id", "sku", "product", "category", "store_id", "from_store_id", "supplier",
    "order_date", "delivery_date", "order_quantity", "unit_cost", "stockout_risk", "stockout_date", "days_of_cover",
    "model_name", "evidence", "reasons",
)  # fmt: skip
SHOWN: Final = (
    "product", "store", "order_quantity", "supplier", "order_date", "delivery_date", "order_amount", "reason",
    "stockout_risk", "stockout_date", "days_of_cover", "sku", "category", "evidence", "draft_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands.

    Attributes:
        row: What the table shows of it.
        state: What people made of it.
        why: Its reasons; empty for who may not see them.
        sender: Store that a transfer comes from; null for an order.
    """

    row: Row
    state: DraftState
    why: Mapping[str, Any]
    sender: str | None

    @property
    def amount(self) -> float | None:
        """What it costs; null where unknown, not for this person, or nothing is bought."""
        return as_float(self.row["order_amount"])

    @property
    def urgency(self) -> tuple[str, float, float]:
        """The day to order, then what ordering saves, then the chance of running out; the most urgent first."""
        without, ordered = (as_float(self.why.get(name)) for name in ("cost_of_not_ordering", "cost_of_ordering"))
        saving = 0.0 if without is None or ordered is None else without - ordered
        return str(self.row["order_date"]), -saving, -planning.number_of(self.row, "stockout_risk")


def load(
    reading: Reading, books: Books, stores: planning.Stores, speech: Speech
) -> tuple[list[Draft], tuple[str, ...]]:
    """The drafts that the filters leave, as they stand, and notes on reading them."""
    if not books.holds(REORDER_DRAFTS):
        return [], ()
    found = books.rows(
        REORDER_DRAFTS, books.readable(_READ), planning.narrow(reading, books, speech), ("order_date", "product")
    )
    decisions = books.decisions()
    drafts = [_draft(row, decisions.get(str(row["draft_id"])), stores, books, speech) for row in found.rows]
    return drafts, planning.truncated(found, speech)


def _draft(row: Row, decision: Decision | None, stores: planning.Stores, books: Books, speech: Speech) -> Draft:
    quantity = quantity_of(decision, planning.number_of(row, "order_quantity"), str(row["kind"]))
    cost = as_float(row.get("unit_cost"))
    is_transfer = row["kind"] == "transfer"
    sender = stores.names.get(str(row["from_store_id"]), speech.say("planning.other_store")) if is_transfer else None
    why = json.loads(str(row.get("reasons") or "{}"))
    source = speech.say("reorder.transfer", store=sender) if sender else None
    shown = {
        **row,
        "store": stores.names.get(str(row["store_id"]), str(row["store_id"])),
        "supplier": source or row["supplier"] or speech.say("planning.without_supplier"),
        "order_quantity": quantity,
        "order_amount": None if cost is None or is_transfer else cost * quantity,
        "reason": _reason(why, speech),
    }
    return Draft({name: shown[name] for name in SHOWN}, state_of(decision, books.today), why, sender)


def _reason(why: Mapping[str, Any], speech: Speech) -> str | None:
    """The main reason in a sentence: what there is to count on, and what has to last until the next chance."""
    position, enough, level = (
        as_float(why.get(name)) for name in ("inventory_position", "demand_at_service_level", "service_level")
    )
    if position is None or enough is None or level is None:
        return None
    end = why.get("protection_end")
    until = speech.day(date.fromisoformat(str(end))) if end else speech.say("reorder.next_chance")
    numbers = {"position": speech.number(position), "enough": speech.number(enough)}
    return speech.say("reorder.reason", **numbers, level=planning.chance(level, speech), until=until)
