"""What needs somebody now, as counts: stock, plans, deliveries, data. By the same rules as on the page of today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app import good_sellers
from app.assistant import planning
from app.assistant.books import Books
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.formats import as_float
from forecasting.replenishment.tables import REORDER_DRAFTS, STOCK_RISK
from metrics import Filter
from retail.errors import Refused, UnusableRequest

PURCHASE_LINES: Final = "fct_purchase_order_lines"
_OF_STORES: Final = frozenset({"store", "store_id", "store_code", "country"})


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that needs somebody.

    Attributes:
        kind: Its key among the texts.
        count: How many there are.
        product: The most pressing one; empty where it is of no product.
        store: Where that is.
    """

    kind: str
    count: int
    product: str = ""
    store: str = ""


def find(reading: Reading, books: Books, speech: Speech) -> list[Alert]:
    """Everything that needs somebody, within the reading's filters; what the person may not see is left out."""
    found: list[Alert] = []
    looks: tuple[Callable[[Reading, Books, Speech], list[Alert]], ...] = (
        _stock,
        _running_out,
        _drafts,
        _late,
        _quarantined,
        _differing,
        _old,
    )
    for look in looks:
        try:
            found += look(reading, books, speech)
        except (Refused, UnusableRequest):  # not for this person, or a filter that means nothing here
            continue
    return found


def _stock(reading: Reading, books: Books, _speech: Speech) -> list[Alert]:
    """Good sellers without stock, and those about to run out."""
    if not books.has_stock:
        return []
    rows = books.query(
        *good_sellers.MEASURES,
        by=("product", "store"),
        where=reading.where,
        order_by=("-mean_daily_units",),
        limit=good_sellers.LOOKED_AT,
    ).rows
    groups = (("out", good_sellers.out_of_stock(rows)), ("low", good_sellers.running_low(rows)))
    return [
        Alert(kind, len(group), str(group[0]["product"]), str(group[0]["store"])) for kind, group in groups if group
    ]


def _running_out(reading: Reading, books: Books, speech: Speech) -> list[Alert]:
    """Products that probably run out within a week without an order or a draft."""
    if not books.holds(STOCK_RISK):
        return []
    where = (
        Filter(dimension="risk_7_days", operator=">=", value=good_sellers.LIKELY),
        Filter(dimension="has_draft", operator="=", value=False),
        Filter(dimension="on_order", operator="<=", value=0),
        Filter(dimension="available", operator=">", value=0),
        *planning.narrow(reading, books, speech),
    )
    rows = books.rows(STOCK_RISK, ("product", "store_id"), where=where, order_by=("-expected_lost_amount",)).rows
    if not rows:
        return []
    stores = planning.stores_of(books).names
    store = stores.get(str(rows[0]["store_id"]), str(rows[0]["store_id"]))
    return [Alert("running_out", len(rows), str(rows[0]["product"]), store)]


def _drafts(reading: Reading, books: Books, speech: Speech) -> list[Alert]:
    """Reorder drafts that nobody has decided on."""
    if not books.holds(REORDER_DRAFTS):
        return []
    states = planning.draft_states(books, planning.narrow(reading, books, speech))
    waiting = sum(state in planning.WAITING for state in states.values())
    return [Alert("drafts", waiting)] if waiting else []


def _late(reading: Reading, books: Books, speech: Speech) -> list[Alert]:
    """Orders of which something was due before today and has not come."""
    if not books.holds(PURCHASE_LINES) or any(item.dimension not in _OF_STORES for item in reading.where):
        return []
    where = (
        Filter(dimension="is_open", operator="=", value=True),
        Filter(dimension="expected_date", operator="<", value=books.today),
        *planning.narrow(reading, books, speech),
    )
    late = {row["purchase_order_id"] for row in books.rows(PURCHASE_LINES, ("purchase_order_id",), where=where).rows}
    return [Alert("late", len(late))] if late else []


def _quarantined(_reading: Reading, books: Books, _speech: Speech) -> list[Alert]:
    rows = books.rows("fct_data_health", ("rows_quarantined",)).rows
    total = int(sum(as_float(row["rows_quarantined"]) or 0 for row in rows))
    return [Alert("quarantined", total)] if total else []


def _differing(_reading: Reading, books: Books, _speech: Speech) -> list[Alert]:
    rows = books.rows("fct_reconciliations", ("differing",)).rows
    broken = sum(bool(row["differing"]) for row in rows)
    return [Alert("differing", broken)] if broken else []


def _old(_reading: Reading, books: Books, _speech: Speech) -> list[Alert]:
    """Hours since the data were published, where they count as old. A demo stands still."""
    hours = (datetime.now(UTC) - books.metrics.serving.run.published_at).total_seconds() / 3600
    is_old = books.workspace.describe().kind != "demo" and hours > books.settings.freshness_hours
    return [Alert("old", round(hours))] if is_old else []
