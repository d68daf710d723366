"""What needs attention in planning: drafts that wait, and what runs out without a plan."""

from __future__ import annotations

from app import drafts, formats, good_sellers
from app.attention_item import Attention
from app.data import Shop, records
from app.filters import Filters, equals
from forecasting.replenishment.tables import STOCK_RISK
from metrics import Filter


def drafts_waiting(shop: Shop, filters: Filters) -> list[Attention]:
    """Drafts that nobody has decided on."""
    if not shop.has_drafts:
        return []
    found = drafts.load(shop, filters, drafts.latest_decisions(shop))
    waiting = [draft for draft in found if draft.state in drafts.UNDECIDED]
    if not waiting:
        return []
    first = waiting[0]
    sentence = (
        f"{formats.count(len(waiting), 'reorder draft')} {'waits' if len(waiting) == 1 else 'wait'} for a decision. "
        f"Most pressing: {formats.plain(first.product)} for {formats.plain(first.store)}."
    )
    return [Attention("To order", "blue", sentence, "views/reorder.py", _address(filters))]


def running_out(shop: Shop, filters: Filters) -> list[Attention]:
    """Products that probably run out within a week, with nothing on order and no draft."""
    if not shop.holds(STOCK_RISK):
        return []
    where = [
        Filter(dimension="risk_7_days", operator=">=", value=good_sellers.LIKELY),
        equals("has_draft", False),
        Filter(dimension="on_order", operator="<=", value=0),
        Filter(dimension="available", operator=">", value=0),
    ]
    if filters.store_id:
        where.append(equals("store_id", filters.store_id))
    rows = records(shop.rows(STOCK_RISK, ("product", "store_id"), where=where, order_by=("-expected_lost_amount",)))
    if not rows:
        return []
    store = shop.store_names().get(str(rows[0]["store_id"]), str(rows[0]["store_id"]))
    sentence = (
        f"{formats.count(len(rows), 'product')} in stores will probably run out within a week, with nothing on order "
        f"and no draft. First: {formats.plain(rows[0]['product'])} in {formats.plain(store)}."
    )
    return [Attention("No plan", "orange", sentence, "views/stock_risk.py", _address(filters))]


def _address(filters: Filters) -> dict[str, str]:
    return {} if filters.store is None else {"store": filters.store}
