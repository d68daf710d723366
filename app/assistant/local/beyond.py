"""What is understood and cannot be computed yet, told by how the parts of a question stand together."""

from __future__ import annotations

from typing import Final

from app.assistant.local.naming import PRODUCT_LIKE, FilterMention
from app.assistant.local.sheet import Sheet, before
from metrics import Filter

PER_TICKET: Final = frozenset({"average_basket", "units_per_transaction", "lines_per_transaction"})
"""Metrics of whole tickets: held to a product they tell what of a ticket belongs to it."""


def holds(sheet: Sheet) -> bool:
    """Whether a question asks for a ranking within each of something, for groups of weekdays, or for whole tickets."""
    return _ranks_within_each(sheet) or _compares_weekdays(sheet) or _holds_tickets(sheet)


def _ranks_within_each(sheet: Sheet) -> bool:
    """Whether the best of each is asked for: "best seller in each store", "top 3 products per category"."""
    split = {item.name for item in sheet.splits if item.how == "by"}
    ranked = {item.name for item in sheet.splits if item.how != "by"}
    return bool(sheet.ranks) and bool(split) and bool(ranked - split) and not sheet.cue("average")


def _compares_weekdays(sheet: Sheet) -> bool:
    """Whether groups of weekdays are held against each other: "weekdays vs weekends"."""
    groups = [item for item in sheet.filters if _is_weekdays(item.options[0])]
    named = any(split.name == "weekday" for split in sheet.splits)
    if len(sheet.periods) > 1 or not groups or not sheet.strong("compare", "versus", "difference", "or", "better"):
        return False
    return len(groups) > 1 or named or not sheet.periods


def _is_weekdays(item: Filter) -> bool:
    return item.dimension == "weekday" and len(item.values) > 1


def _holds_tickets(sheet: Sheet) -> bool:
    """Whether whole tickets that hold a product are asked for: "average basket with milk"."""
    is_per_ticket = any(mention.name in PER_TICKET for mention in sheet.metrics)
    if not is_per_ticket and (not (sheet.cue("sell") or sheet.cue("buy")) or sheet.cue("compare")):
        return False
    return any(_is_beside(sheet, item) for item in sheet.filters if item.options[0].dimension in PRODUCT_LIKE)


def _is_beside(sheet: Sheet, item: FilterMention) -> bool:
    marker = before(sheet.pieces, item.at)
    return marker is not None and (sheet.pieces[marker].has("with") or sheet.pieces[marker].has("joined"))
