"""What a purchase order says: its supplier, its lines and what they come to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from types import MappingProxyType
from typing import Final

from retail.operational.decisions import Decision
from retail.vocabulary import DraftState

WITHOUT_SUPPLIER: Final = "Without supplier"
_CENT: Final = Decimal("0.01")
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One product for one store.

    Attributes:
        decision_id: The approval behind it.
        product_id: What, with `sku` and `product` as people and the supplier know it.
        store_id: For which store, called `store`.
        quantity: Units.
        unit_cost: Cost of a unit in `currency`; null if it is unknown.
        amount: Quantity times cost, to the cent; null if the cost is unknown.
        delivery_date: When it is expected.
    """

    decision_id: str
    product_id: str
    sku: str
    product: str
    store_id: str
    store: str
    quantity: Decimal
    unit_cost: Decimal | None
    amount: Decimal | None
    currency: str
    delivery_date: date


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """An order to one supplier.

    Attributes:
        number: The same for the same approvals, whenever they are exported: `PO-20250614-3F9A2C`.
        supplier_id: Null where no supplier is known; `supplier` is what people call them.
        ordered_on: Date on the order: the latest order date of its approvals.
        lines: By delivery date, store and product.
    """

    number: str
    supplier_id: str | None
    supplier: str
    ordered_on: date
    lines: tuple[OrderLine, ...]

    @property
    def units(self) -> Decimal:
        """Units of every line."""
        return sum((line.quantity for line in self.lines), Decimal(0))

    @property
    def amounts(self) -> dict[str, Decimal]:
        """What the lines with a known cost come to, by currency."""
        totals: dict[str, Decimal] = {}
        for line in self.lines:
            if line.amount is not None:
                totals[line.currency] = totals.get(line.currency, Decimal(0)) + line.amount
        return totals

    @property
    def lines_without_cost(self) -> int:
        """Lines that the total lacks, because nobody knows what they cost."""
        return sum(line.amount is None for line in self.lines)

    @property
    def file_stem(self) -> str:
        """Name for its files, without a suffix: `PO-20250614-3F9A2C-dairy-direct`."""
        words = re.sub(r"[^a-z0-9]+", "-", self.supplier.casefold()).strip("-")[:60].rstrip("-")
        return f"{self.number}-{words}" if words else self.number


def purchase_orders(decisions: Iterable[Decision], store_names: Mapping[str, str] = _NO_NAMES) -> list[PurchaseOrder]:
    """One order per supplier from approved orders, by the supplier's name; those without a supplier come last.

    Transfers between stores are nobody's purchase and are left out, as is whatever is not approved.

    Args:
        decisions: Decisions, such as `Decisions.approvals` gives.
        store_names: What stores are called, by id; the id is shown for others.
    """
    approved = [made for made in decisions if made.state is DraftState.APPROVED and made.kind == "order"]
    approved.sort(key=lambda made: (made.supplier_id is None, made.supplier or "", made.supplier_id or ""))
    return [
        _order(supplier_id, list(group), store_names)
        for supplier_id, group in groupby(approved, key=lambda made: made.supplier_id)
    ]


def _order(supplier_id: str | None, approvals: list[Decision], store_names: Mapping[str, str]) -> PurchaseOrder:
    lines = sorted(
        (_line(made, store_names) for made in approvals),
        key=lambda line: (line.delivery_date, line.store, line.sku, line.decision_id),
    )
    ordered_on = max(made.order_date for made in approvals)
    content = "|".join([supplier_id or "", *sorted(line.decision_id for line in lines)])
    digest = hashlib.sha256(content.encode()).hexdigest()[:6].upper()
    return PurchaseOrder(
        number=f"PO-{ordered_on:%Y%m%d}-{digest}",
        supplier_id=supplier_id,
        supplier=_one_line(approvals[0].supplier or supplier_id or WITHOUT_SUPPLIER),
        ordered_on=ordered_on,
        lines=tuple(lines),
    )


def _line(made: Decision, store_names: Mapping[str, str]) -> OrderLine:
    quantity = _decimal(made.quantity_after)
    unit_cost = None if made.unit_cost is None else _decimal(made.unit_cost)
    return OrderLine(
        decision_id=made.decision_id,
        product_id=made.product_id,
        sku=_one_line(made.sku or made.product_id),
        product=_one_line(made.product or made.product_id),
        store_id=made.store_id,
        store=_one_line(store_names.get(made.store_id, made.store_id)),
        quantity=quantity,
        unit_cost=unit_cost,
        amount=None if unit_cost is None else (quantity * unit_cost).quantize(_CENT, ROUND_HALF_UP),
        currency=made.currency or "",
        delivery_date=made.delivery_date,
    )


def _decimal(value: float) -> Decimal:
    """The number as people write it: 12 rather than 12.0, and no noise of binary fractions."""
    number = Decimal(f"{value:.10g}")
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _one_line(text: str) -> str:
    """The text without line breaks and control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
