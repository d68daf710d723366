"""Files about stock: levels now, the ledger of movements, purchase orders and receipts; and the true demand, aside.

The ledger has one movement per store, product and day for sales and for returns (not one per line), and one per event
for everything else. Opening plus all movements of a product in a store is its level.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from demo.sample import days as hours
from demo.sample.arrays import Bools, Counts, Ints
from demo.sample.chain import Chain
from demo.sample.days import Days
from demo.sample.demand import Demand
from demo.sample.pricing import Pricing
from demo.sample.purchasing import CANCELLED, DRAFT
from demo.sample.simulation import History
from demo.sample.writer import Writer, labels

_RESERVED_SHARE = 0.02
_ORDER_STATUSES = ("open", "closed", "cancelled", "draft")
_IS_OPEN, _IS_CLOSED, _IS_CANCELLED, _IS_DRAFT = range(4)


@dataclass(frozen=True, slots=True)
class _Receipts:
    """One entry per delivered order line, in the order of time."""

    line: Ints
    day: Ints
    quantity: Ints


def write(
    writer: Writer, chain: Chain, days: Days, pricing: Pricing, history: History, rng: np.random.Generator
) -> None:
    """Write stock_levels, purchase_orders, purchase_order_lines, receipts and stock_movements."""
    _stock_levels(writer, chain, days, history, rng)
    receipts = _receipts(days, history)
    _purchase_orders(writer, chain, days, pricing, history)
    _receipt_file(writer, chain, days, pricing, history, receipts)
    _stock_movements(writer, chain, days, history, receipts)


def write_truth(writer: Writer, path: Path, chain: Chain, days: Days, demand: Demand) -> None:
    """Write the demand that was there, sold or not: for evaluation only, never loaded."""
    day, store, product = np.nonzero(demand.is_wanted)
    writer.write_parquet(
        path,
        {
            **_place(chain, store, product),
            "business_date": days.dates[day],
            "true_units": demand.units[day, store, product],
        },
    )


def _place(chain: Chain, store: Ints, product: Ints) -> dict[str, pa.Array]:
    return {
        "store_id": labels(store, [shop.store_id for shop in chain.stores]),
        "product_id": labels(product, [article.product_id for article in chain.products]),
    }


def _stock_levels(writer: Writer, chain: Chain, days: Days, history: History, rng: np.random.Generator) -> None:
    launched = np.array([product.launch_day < len(days) for product in chain.products])
    store, product = np.nonzero((chain.is_ranged & launched) | (history.closing > 0))
    on_hand = history.closing[store, product]
    can_reserve = (on_hand >= 3) & (rng.random(len(store)) < _RESERVED_SHARE)
    # At least one, also in a small chain.
    can_reserve[int(on_hand.argmax())] = True
    writer.write(
        "stock_levels",
        {
            **_place(chain, store, product),
            "on_hand": on_hand,
            "reserved": np.where(can_reserve, rng.integers(1, 3, size=len(store)), 0),
            "seconds": np.full(len(store), days.as_of),
        },
        "* exclude (seconds), moment(seconds) as counted_at",
    )


def _receipts(days: Days, history: History) -> _Receipts:
    lines = history.order_lines
    line = np.tile(np.arange(len(lines.day)), 2)
    day = np.concatenate([lines.first_day, lines.second_day])
    quantity = np.concatenate([lines.first_quantity, lines.second_quantity])
    has_come = _has_come(days, day, np.tile(lines.store, 2))
    order = np.flatnonzero(has_come)
    order = order[np.lexsort((line[order], day[order]))]
    return _Receipts(line[order], day[order], quantity[order])


def _has_come(days: Days, day: Ints, store: Ints) -> Bools:
    inside = day.clip(0, len(days) - 1)
    return np.asarray((day >= 0) & (day < len(days)) & days.has_happened(hours.RECEIPT_HOUR)[inside, store])


def _order_numbers(chain: Chain, history: History) -> tuple[Ints, Ints, Ints]:
    """Number purchase orders, one per day, store and supplier.

    Returns:
        The first line of each order, the order of each line, and the place of each line in its order.
    """
    lines = history.order_lines
    supplier = np.array([product.supplier for product in chain.products])[lines.product]
    key = (lines.day * len(chain.stores) + lines.store) * len(chain.suppliers) + supplier
    _, first, order = np.unique(key, return_index=True, return_inverse=True)
    by_order = np.argsort(order, kind="stable")
    counts = np.bincount(order)
    ordinal = np.empty_like(order)
    ordinal[by_order] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    return first, order.astype(np.int64), ordinal.astype(np.int64)


def _purchase_orders(writer: Writer, chain: Chain, days: Days, pricing: Pricing, history: History) -> None:
    lines = history.order_lines
    first, order, ordinal = _order_numbers(chain, history)
    is_waiting = ~_has_come(days, lines.first_day, lines.store)
    is_waiting |= (lines.second_day >= 0) & ~_has_come(days, lines.second_day, lines.store)
    has_waiting = np.bincount(order, weights=is_waiting) > 0
    state = lines.state[first]
    status = np.where(has_waiting, _IS_OPEN, _IS_CLOSED)
    status = np.where(state == CANCELLED, _IS_CANCELLED, np.where(state == DRAFT, _IS_DRAFT, status))
    supplier = np.array([product.supplier for product in chain.products])[lines.product[first]]
    ordered_at = days.moment(hours.ORDER_HOUR)[lines.day[first], lines.store[first]]
    expected_days = lines.expected_day[first] - lines.day[first]
    writer.write(
        "purchase_orders",
        {
            "number": np.arange(1, len(first) + 1),
            "supplier_id": labels(supplier, [maker.supplier_id for maker in chain.suppliers]),
            "store_id": labels(lines.store[first], [store.store_id for store in chain.stores]),
            "ordered": ordered_at,
            "expected": ordered_at + expected_days * 86400,
            "status": labels(status, _ORDER_STATUSES),
        },
        "printf('PO-%06d', number) as purchase_order_id, supplier_id, store_id, moment(ordered) as ordered_at, "
        f"moment(expected) as expected_at, status, '{chain.currency}' as currency",
    )
    writer.write(
        "purchase_order_lines",
        {
            "number": order + 1,
            "ordinal": ordinal,
            "product_id": labels(lines.product, [product.product_id for product in chain.products]),
            "quantity": lines.quantity,
            "cost": _known_cost(chain, pricing, history, np.arange(len(lines.day))),
        },
        "printf('PO-%06d-%02d', number, ordinal) as purchase_order_line_id, "
        "printf('PO-%06d', number) as purchase_order_id, product_id, quantity, money(cost) as unit_cost",
        order_by="number, ordinal",
    )


def _known_cost(chain: Chain, pricing: Pricing, history: History, line: Ints) -> pa.Array:
    lines = history.order_lines
    product = lines.product[line]
    has_cost = np.array([article.has_cost for article in chain.products])
    return pa.array(pricing.cost_cents[lines.day[line], product], mask=~has_cost[product])


def _receipt_file(
    writer: Writer, chain: Chain, days: Days, pricing: Pricing, history: History, receipts: _Receipts
) -> None:
    lines = history.order_lines
    _, order, ordinal = _order_numbers(chain, history)
    store, product = lines.store[receipts.line], lines.product[receipts.line]
    writer.write(
        "receipts",
        {
            "receipt": np.arange(1, len(receipts.line) + 1),
            "number": order[receipts.line] + 1,
            "ordinal": ordinal[receipts.line],
            **_place(chain, store, product),
            "received": days.moment(hours.RECEIPT_HOUR)[receipts.day, store],
            "quantity": receipts.quantity,
            "cost": _known_cost(chain, pricing, history, receipts.line),
        },
        "printf('GR-%07d', receipt) as receipt_id, printf('PO-%06d-%02d', number, ordinal) as purchase_order_line_id, "
        "printf('PO-%06d', number) as purchase_order_id, store_id, product_id, moment(received) as received_at, "
        "quantity, money(cost) as unit_cost",
    )


def _stock_movements(writer: Writer, chain: Chain, days: Days, history: History, receipts: _Receipts) -> None:
    lines = history.order_lines
    store, product = lines.store[receipts.line], lines.product[receipts.line]
    received = _movements(days, receipts.day, store, product, receipts.quantity, hours.RECEIPT_HOUR)
    received["receipt"] = np.arange(1, len(receipts.line) + 1)
    start_store, start_product = np.nonzero(history.opening)
    start = history.opening[start_store, start_product].astype(np.int64)
    kinds: list[tuple[str, str | None, dict[str, Ints]]] = [
        ("opening", None, _movements(days, np.zeros_like(start), start_store, start_product, start, 0.0)),
        ("receipt", None, received),
        ("transfer_in", None, _daily(days, history.transferred_in, 1, hours.TRANSFER_HOUR)),
        ("transfer_out", None, _daily(days, history.transferred_out, -1, hours.TRANSFER_HOUR)),
        ("return", None, _daily(days, history.returned, 1, hours.RETURN_HOUR)),
        ("shrinkage", "returned, not fit for sale", _daily(days, history.unfit, -1, hours.RETURN_HOUR)),
        ("sale", None, _daily(days, history.sold, -1, hours.SALE_HOUR)),
        ("shrinkage", "lost or damaged", _daily(days, history.lost, -1, hours.SHRINKAGE_HOUR)),
        ("adjustment", "stock count", _daily(days, history.adjusted, 1, hours.SHRINKAGE_HOUR)),
        ("shrinkage", "expired", _daily(days, history.wasted, -1, hours.WASTE_HOUR)),
    ]
    sizes = [len(rows["store"]) for _, _, rows in kinds]
    columns: dict[str, Any] = {
        name: np.concatenate([rows[name] for _, _, rows in kinds])
        for name in ("store", "product", "seconds", "quantity", "receipt")
    }
    kind = np.repeat(np.arange(len(kinds)), sizes)
    order = np.lexsort((columns["product"], columns["store"], kind, columns["seconds"]))
    writer.write(
        "stock_movements",
        {
            "movement": np.arange(1, len(order) + 1),
            **_place(chain, columns["store"][order], columns["product"][order]),
            "seconds": columns["seconds"][order],
            "quantity": columns["quantity"][order],
            "movement_type": labels(kind[order], [name for name, _, _ in kinds]),
            "reason": labels(kind[order], [reason or "" for _, reason, _ in kinds]),
            "receipt": columns["receipt"][order],
        },
        "printf('M%07d', movement) as movement_id, store_id, product_id, moment(seconds) as moved_at, quantity, "
        "movement_type, nullif(reason, '') as reason, "
        "case when receipt > 0 then printf('GR-%07d', receipt) end as reference",
    )


def _daily(days: Days, units: Counts, sign: int, hour: float) -> dict[str, Ints]:
    """One movement for each store, product and day with units."""
    day, store, product = np.nonzero(units)
    return _movements(days, day, store, product, sign * units[day, store, product].astype(np.int64), hour)


def _movements(days: Days, day: Ints, store: Ints, product: Ints, quantity: Ints, hour: float) -> dict[str, Ints]:
    """Movements at a local hour; on the last day those still to come are set to now: they sum up the day so far."""
    return {
        "store": store,
        "product": product,
        "seconds": np.minimum(days.moment(hour)[day, store], days.as_of),
        "quantity": quantity,
        "receipt": np.zeros(len(store), dtype=np.int64),
    }
