"""Reorder drafts as pages read them: the rows of the published run with their reasons, and what people decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app import formats
from app.data import Row, Shop, records
from app.filters import Filters, equals
from forecasting.replenishment.tables import REORDER_DRAFTS, SCHEMAS
from metrics import Filter
from retail.operational.decisions import Decision, Decisions, quantity_of, state_of
from retail.vocabulary import DraftState

WITHOUT_SUPPLIER: Final = "Without supplier"
UNDECIDED: Final = frozenset({DraftState.OPEN, DraftState.CHANGED})
"""States in which a draft waits for a person."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of the published run and how it stands.

    Attributes:
        row: Its row of `fct_reorder_drafts`, as far as the person may see it.
        reasons: Why this quantity; empty for who may not see it.
        flags: What to look at.
        store: Name of the store that receives.
        sender: Name of the store that a transfer comes from; null for an order.
        state: How it stands today.
        decision: The newest decision on it; null if there is none.
    """

    row: Row
    reasons: Mapping[str, Any]
    flags: tuple[str, ...]
    store: str
    sender: str | None
    state: DraftState
    decision: Decision | None

    @property
    def draft_id(self) -> str:
        """Key of product, store and delivery slot."""
        return str(self.row["draft_id"])

    @property
    def product(self) -> str:
        """Name of the product."""
        return str(self.row["product"] or self.row["product_id"])

    @property
    def supplier(self) -> str:
        """Name of the supplier, or words for having none."""
        return str(self.row["supplier"] or WITHOUT_SUPPLIER)

    @property
    def is_transfer(self) -> bool:
        """Whether it moves stock between stores and buys nothing."""
        return bool(self.row["kind"] == "transfer")

    @property
    def proposed(self) -> float:
        """Units that the run proposes."""
        return float(self.row["order_quantity"] or 0)

    @property
    def quantity(self) -> float:
        """Units as they stand: proposed, or what somebody changed them to."""
        return quantity_of(self.decision, self.proposed, str(self.row["kind"]))

    def cost_of(self, quantity: float) -> float | None:
        """Cost of so many units; None if unknown, not for this person, or nothing is bought."""
        cost = formats.as_float(self.row.get("unit_cost"))
        return None if cost is None or self.is_transfer else cost * quantity

    @property
    def saving(self) -> float | None:
        """Expected cost that ordering saves; None if unknown or not for this person."""
        without, ordered = (
            formats.as_float(self.reasons.get(name)) for name in ("cost_of_not_ordering", "cost_of_ordering")
        )
        return None if without is None or ordered is None else without - ordered

    @property
    def weight(self) -> float:
        """What makes one draft more pressing than another: money first, else the chance of running out."""
        return self.saving if self.saving is not None else formats.as_float(self.row["stockout_risk"]) or 0.0


def latest_decisions(shop: Shop) -> dict[str, Decision]:
    """The newest decision of each draft in the stores of the person who looks."""
    with closing(Decisions.of(shop.workspace, shop.settings)) as decisions:
        found = decisions.latest()
    return {key: decision for key, decision in found.items() if sees_store(shop, decision.store_id)}


def sees_store(shop: Shop, store_id: str) -> bool:
    """Whether a store is one of those that the person may see."""
    return shop.principal.sees_every_store or store_id in shop.store_names()


def load(shop: Shop, filters: Filters, decisions: Mapping[str, Decision]) -> list[Draft]:
    """The drafts of the published run with the chosen filters, the most pressing first."""
    where: list[Filter] = [equals("store_id", filters.store_id)] if filters.store_id else []
    if filters.category:
        where.append(equals("category", filters.category))
    names = shop.readable(SCHEMAS[REORDER_DRAFTS])
    found = records(shop.rows(REORDER_DRAFTS, names, where=where, order_by=("supplier", "product", "store_id")))
    stores = shop.store_names()
    drafts = [_draft(row, stores, decisions.get(str(row["draft_id"])), shop.today) for row in found]
    wanted = [draft for draft in drafts if filters.supplier is None or draft.row["supplier"] == filters.supplier]
    return sorted(wanted, key=lambda draft: -draft.weight)


def by_supplier(waiting: Iterable[Draft], of_run: Iterable[Draft]) -> dict[str, list[Draft]]:
    """Drafts by supplier: those to be ordered first, and of one day those with the most at stake.

    What is at stake is counted over all drafts of the run, so that a decision does not move the others about.
    """
    every, groups = _grouped(of_run), _grouped(waiting)
    return {name: groups[name] for name in sorted(groups, key=lambda name: _urgency(every[name]))}


def _grouped(drafts: Iterable[Draft]) -> dict[str, list[Draft]]:
    groups: dict[str, list[Draft]] = {}
    for draft in drafts:
        if not draft.is_transfer:
            groups.setdefault(draft.supplier, []).append(draft)
    return groups


def _urgency(group: Sequence[Draft]) -> tuple[date, float]:
    return min(draft.row["order_date"] for draft in group), -sum(draft.weight for draft in group)


def _draft(row: Row, stores: Mapping[str, str], decision: Decision | None, today: date) -> Draft:
    sender = row["from_store_id"]
    return Draft(
        row=row,
        reasons=_object(row.get("reasons")),
        flags=tuple(str(flag) for flag in _list(row["flags"])),
        store=stores.get(str(row["store_id"]), str(row["store_id"])),
        sender=stores.get(str(sender), str(sender)) if sender else None,
        state=state_of(decision, today),
        decision=decision,
    )


def _object(text: object) -> dict[str, Any]:
    found = json.loads(str(text)) if text else {}
    return found if isinstance(found, dict) else {}


def _list(text: object) -> list[Any]:
    found = json.loads(str(text)) if text else []
    return found if isinstance(found, list) else []
