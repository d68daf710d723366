"""What answers from the planning tables share: filters on rows, names of stores, how drafts stand, page links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Findings, PageLink
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.formats import as_float
from forecasting.replenishment.tables import REORDER_DRAFTS
from metrics import Column, Filter, Result
from metrics.result import Row
from retail.errors import UnusableRequest
from retail.operational.decisions import state_of
from retail.vocabulary import DraftState

WAITING: Final = frozenset({DraftState.OPEN, DraftState.CHANGED})
"""States in which a draft waits for a person."""

_OWN: Final = frozenset({"product", "product_id", "sku", "category", "supplier"})
"""Dimensions that the planning tables have themselves."""
_OF_PRODUCTS: Final = frozenset({"department", "brand"})
_OF_STORES: Final = frozenset({"store", "store_code", "store_id", "country"})
_UNITS: Final = {
    "risk": "ratio",
    "stockout_risk": "ratio",
    "order_amount": "currency",
    "expected_lost_amount": "currency",
    "stock_value": "currency",
    "days_of_cover": "days",
    "lasts_days": "days",
    "drafts": "count",
}
_GROUPS: Final = ("store", "supplier", "category")
NEARLY_ONE: Final = 0.99
"""The largest chance that is told as a number."""
_MOST_KEYS: Final = 3000
"""Products that one filter may stand for: longer lists would be too large a query."""
_STALE_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores that a person may see: names by id, and words for addresses by name."""

    names: Mapping[str, str]
    words: Mapping[str, str]


def require_plain(reading: Reading, splits: Collection[str], speech: Speech) -> None:
    """Let only pass what these answers hold: rows and filters, nothing reckoned across them.

    Raises:
        UnusableRequest: Something is asked for that would be left out silently.
    """
    unmet = [str(item) for item in reading.derived if item != "rank"]
    unmet += [item.metric for item in reading.having] + [name for name in reading.by if name not in splits]
    if reading.compare_with is not None:
        unmet.append(speech.period(reading.compare_with))
    if unmet:
        raise UnusableRequest(speech.say("planning.cannot", what=speech.list([speech.dimension(u) for u in unmet])))


def narrow(reading: Reading, books: Books, speech: Speech) -> tuple[Filter, ...]:
    """The reading's filters as comparisons of columns that the planning tables have.

    Raises:
        UnusableRequest: A filter means nothing for stock, such as a tender, or stands for too many products.
    """
    strange = [f.dimension for f in reading.where if f.dimension not in _OWN | _OF_PRODUCTS | _OF_STORES]
    if strange:
        raise UnusableRequest(speech.say("planning.cannot", what=speech.list([speech.dimension(s) for s in strange])))
    own = tuple(item for item in reading.where if item.dimension in _OWN)
    products = tuple(item for item in reading.where if item.dimension in _OF_PRODUCTS)
    stores = tuple(item for item in reading.where if item.dimension in _OF_STORES)
    return (
        *own,
        *_keys(books, speech, "dim_products", "product_id", products),
        *_keys(books, speech, "dim_stores", "store_id", stores),
    )


def _keys(books: Books, speech: Speech, table: str, key: str, where: Sequence[Filter]) -> tuple[Filter, ...]:
    """The filters on a table as one filter on its key; an empty list of keys matches nothing."""
    if not where:
        return ()
    found = books.rows(table, (key,), where=where, limit=_MOST_KEYS + 1)
    if len(found.rows) > _MOST_KEYS:
        raise UnusableRequest(speech.say("planning.too_wide", count=speech.number(_MOST_KEYS)))
    return (Filter(dimension=key, operator="in", value=tuple(str(row[key]) for row in found.rows) or ("",)),)


def stores_of(books: Books) -> Stores:
    """Names of the person's stores, and the word that an address has for each: its code, or its id where shared."""
    rows = books.rows("dim_stores", ("store_id", "store", "store_code")).rows
    codes = [row["store_code"] for row in rows]
    return Stores(
        {str(row["store_id"]): str(row["store"]) for row in rows},
        {
            str(row["store"]): str(row["store_code"] if codes.count(row["store_code"]) == 1 else row["store_id"])
            for row in rows
        },
    )


def page(name: str, reading: Reading, stores: Stores, **more: str) -> PageLink:
    """A planning page with those of the filters that it understands."""
    address: dict[str, str] = {}
    for dimension in ("store", "supplier", "category"):
        values = reading.filtered(dimension)
        if len(values) == 1:
            address[dimension] = stores.words.get(values[0], values[0]) if dimension == "store" else values[0]
    return PageLink(name, address | more)


def draft_states(books: Books, where: Sequence[Filter]) -> dict[tuple[str, str], DraftState]:
    """How drafts stand, by product and store id; one that waits goes before one that is decided."""
    if not books.holds(REORDER_DRAFTS):
        return {}
    rows = books.rows(REORDER_DRAFTS, ("draft_id", "product_id", "store_id"), where=where).rows
    decisions = books.decisions()
    states: dict[tuple[str, str], DraftState] = {}
    for row in rows:
        key = (str(row["product_id"]), str(row["store_id"]))
        state = state_of(decisions.get(str(row["draft_id"])), books.today)
        if key not in states or state in WAITING:
            states[key] = state
    return states


def columns(names: Iterable[str], speech: Speech) -> tuple[Column, ...]:
    """Columns of an answer's table, in the person's language."""
    return tuple(Column(name, speech.say(f"planning.column_{name}"), _unit(name), "column") for name in names)


def _unit(name: str) -> str:
    if name.endswith("_date"):
        return "date"
    texts = {"product", "sku", "store", "supplier", "category", "department", "brand", "plan", "evidence", "reason"}
    return "text" if name in texts else _UNITS.get(name, "units")


def truncated(result: Result, speech: Speech) -> tuple[str, ...]:
    """A warning where rows were cut off at the most that may be read."""
    return (speech.say("planning.truncated", count=speech.number(len(result.rows))),) if result.truncated else ()


def staleness(books: Books, speech: Speech) -> tuple[str, ...]:
    """A warning where the forecasts behind the plan end well before today."""
    rows = books.rows("fct_demand_totals", ("cutoff_date",), limit=1).rows
    cutoff = rows[0]["cutoff_date"] if rows else None
    if not isinstance(cutoff, date) or books.today - cutoff <= _STALE_AFTER:
        return ()
    return (speech.say("planning.stale", day=speech.day(cutoff)),)


def no_stock(key: str, speech: Speech) -> Findings:
    """What is missing where no source has stock, what to connect, and a question that can be answered without."""
    return Findings(speech.say(key), suggestions=(speech.say("planning.ask_best"),))


def groups_of(reading: Reading, without: str = "") -> tuple[str, ...]:
    """What rows are to be grouped by, beyond products and what is left out."""
    return tuple(name for name in reading.by if name in _GROUPS and name != without)


def grouped(rows: list[Row], reading: Reading) -> list[Row]:
    """The rows grouped as asked, each group in the order that it had; those without a value of a group last."""
    groups = groups_of(reading)
    return sorted(rows, key=lambda row: [(row[name] is None, str(row[name])) for name in groups]) if groups else rows


def chance(share: object, speech: Speech) -> str:
    """A chance in whole percent; nothing is certain, so the ends are `over 99%` and `under 1%`."""
    found = as_float(share)
    if found is None or 1 - NEARLY_ONE <= found <= NEARLY_ONE:
        return speech.percent(found, 0)
    key, end = ("over", NEARLY_ONE) if found > NEARLY_ONE else ("under", 1 - NEARLY_ONE)
    return speech.say(f"planning.{key}", share=speech.percent(end, 0))


def number_of(row: Row, name: str) -> float:
    """A number of a row; nothing counts as zero."""
    value = row[name]
    return float(value) if isinstance(value, int | float) else 0.0
