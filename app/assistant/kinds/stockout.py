"""What may run out, from the published table of stock risks; and what is out of stock now.

For 7, 14 or 28 days ahead the published chance of being out at their end answers: what reaches `POSSIBLE` may run out,
what reaches `LIKELY` is likely to, as on the page Stock risk. For any other day ahead the published dates answer: what
has an even chance of being out by a date not after it is likely to run out, what has a chance of 1 in 10 may. Both
count deliveries on order and no drafts. Likely ones come first, then the most sales at risk, at usual prices. A product
that is asked for by name is told whatever its chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from app.assistant import out_of_stock, planning, risk_words
from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.reading import Reading, Topic
from app.assistant.risk_words import Grade
from app.assistant.speech import Speech
from app.assistant.stretches import Stretch, stretch_of
from app.good_sellers import LIKELY
from forecasting.replenishment.tables import STOCK_RISK
from metrics import Filter
from metrics.result import Row
from retail.vocabulary import DraftState

POSSIBLE: Final = 0.1
"""Chance from which something may run out: the early end of the published dates."""

_SPLITS: Final = ("product", "sku", "store", "supplier", "category")
_NAMED: Final = {"product", "product_id", "sku"}
_READ: Final = (
    "product_id", "sku", "product", "category", "store_id", "supplier", "available", "on_order", "mean_daily_demand",
    "days_of_cover", "next_receipt_date", "early_stockout_date", "stockout_date", "late_stockout_date",
    "expected_lost_amount", "evidence",
)  # fmt: skip
_SHOWN: Final = (
    "product", "store", "risk", "stockout_date", "early_stockout_date", "late_stockout_date", "days_of_cover",
    "available", "on_order", "next_receipt_date", "plan", "expected_lost_amount", "sku", "supplier", "category",
    "evidence",
)  # fmt: skip
_DATES: Final = ("stockout_date", "early_stockout_date")


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """What may run out within the days ahead, or what is out of stock now.

    Raises:
        UnusableRequest: It asks for a split, filter or period that stock has not.
    """
    planning.require_plain(reading, _SPLITS, speech)
    if not books.has_stock:
        return planning.no_stock("stockout.no_stock", speech)
    if reading.topic is Topic.OUT_NOW:
        return out_of_stock.answer(reading, books, speech)
    if not books.holds(STOCK_RISK):
        return Findings(speech.say("stockout.no_forecasts"), suggestions=(speech.say("stockout.ask_out_now"),))
    return _may_run_out(reading, books, speech)


def _may_run_out(reading: Reading, books: Books, speech: Speech) -> Findings:
    stretch = stretch_of(reading, books, speech)
    where = planning.narrow(reading, books, speech)
    is_named = any(item.dimension in _NAMED and item.operator in {"=", "in"} for item in reading.where)
    read = _READ if stretch.column is None else (*_READ, stretch.column)
    found = books.rows(STOCK_RISK, read, (*where, *(() if is_named else (_floor(stretch),))), _order(stretch))
    stores = planning.stores_of(books)
    states = planning.draft_states(books, where)
    rows = [_row(row, stretch, stores, states, speech) for row in found.rows]
    rows.sort(key=lambda row: grade(row, stretch) is not Grade.LIKELY)
    rows = planning.grouped(rows, reading)[: reading.limit]
    page = planning.page("stock-risk", reading, stores)
    notes = (*planning.truncated(found, speech), *planning.staleness(books, speech))
    said = risk_words.Words(rows, [grade(row, stretch) for row in rows], stretch, reading, speech)
    if not rows:
        is_known = bool(books.rows(STOCK_RISK, ("product_id",), where, limit=1).rows)
        text = said.sentence("nothing" if is_known else "unknown")
        return Findings(
            text, facts=said.facts, warnings=notes, assumptions=risk_words.assumptions(said, books), page=page
        )
    text = said.text()
    return Findings(
        text,
        columns=planning.columns((name for name in _SHOWN if name in rows[0]), speech),
        rows=rows,
        chart=Chart.RISK if stretch.column else Chart.NONE,
        facts=said.facts,
        warnings=notes,
        assumptions=risk_words.assumptions(said, books),
        suggestions=(speech.say("stockout.ask_reorder"), speech.say("stockout.ask_out_now")),
        page=page,
    )


def _floor(stretch: Stretch) -> Filter:
    """What may run out, and nothing safer."""
    if stretch.column is None:
        return Filter(dimension="early_stockout_date", operator="<=", value=stretch.ends)
    return Filter(dimension=stretch.column, operator=">=", value=POSSIBLE)


def _order(stretch: Stretch) -> tuple[str, ...]:
    chance = "stockout_date" if stretch.column is None else f"-{stretch.column}"
    return ("-expected_lost_amount", chance, "product")


def grade(row: Row, stretch: Stretch) -> Grade:
    """How likely a row of the table is to be out within the stretch."""
    if stretch.column is not None:
        chance = planning.number_of(row, "risk")
        return Grade.LIKELY if chance >= LIKELY else Grade.POSSIBLE if chance >= POSSIBLE else Grade.SAFE
    by = {name: isinstance(day := row[name], date) and day <= stretch.ends for name in _DATES}
    return Grade.LIKELY if by["stockout_date"] else Grade.POSSIBLE if by["early_stockout_date"] else Grade.SAFE


def _row(
    row: Row,
    stretch: Stretch,
    stores: planning.Stores,
    states: Mapping[tuple[str, str], DraftState],
    speech: Speech,
) -> Row:
    state = states.get((str(row["product_id"]), str(row["store_id"])))
    shown = {
        **row,
        "store": stores.names.get(str(row["store_id"]), str(row["store_id"])),
        "plan": speech.say(f"stockout.plan_{_plan(row, state)}"),
    }
    if stretch.column is not None:
        shown["risk"] = row[stretch.column]
    return {name: shown[name] for name in _SHOWN if name in shown}


def _plan(row: Row, state: DraftState | None) -> str:
    """What is under way: a draft that waits, an approved one, an order, or nothing."""
    if state in planning.WAITING:
        return "draft"
    if state is DraftState.APPROVED:
        return "approved"
    return "order" if planning.number_of(row, "on_order") > 0 else "none"
