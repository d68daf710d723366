"""What may run out, from the published table of stock risks; and what is out of stock now.

"May run out" lists every product in a store whose chance of being out of stock at the end of the days asked for is at
least `POSSIBLE`; it is counted as likely from `LIKELY` on, as on the page Stock risk. The chance is that of the
nearest published stretch (7, 14 or 28 days, today the first of them) that covers the days asked for, deliveries on
order counted, drafts not. Likely ones come first, then the most sales at risk over 28 days, at usual prices. A product
that is asked for by name is told whatever its chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from app.assistant import planning
from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.reading import Reading, Topic
from app.assistant.speech import Speech
from app.assistant.stretches import Stretch, stretch_of
from app.assistant.wording import scope
from forecasting.replenishment.tables import REORDER_DRAFTS, STOCK_RISK
from metrics import Filter
from metrics.result import Row
from retail.errors import UnusableRequest
from retail.vocabulary import DraftState

POSSIBLE: Final = 0.1
"""Chance from which something may run out: the early end of the published dates."""
LIKELY: Final = 0.5
"""Chance from which it is more likely than not."""

_TOLD: Final = 3
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
_SHOWN_NOW: Final = ("product", "store", "available", "mean_daily_units", "on_order")


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """What may run out within the days ahead, or what is out of stock now.

    Raises:
        UnusableRequest: It asks for a split, filter or period that stock has not.
    """
    planning.require_plain(reading, _SPLITS, speech)
    if not books.has_stock:
        return planning.no_stock("stockout.no_stock", books, speech)
    if reading.topic is Topic.OUT_NOW:
        return _out_now(reading, books, speech)
    if not books.holds(STOCK_RISK):
        return Findings(speech.say("stockout.no_forecasts"), suggestions=(speech.say("stockout.ask_out_now"),))
    return _may_run_out(reading, books, speech)


def _may_run_out(reading: Reading, books: Books, speech: Speech) -> Findings:
    stretch = stretch_of(reading, books, speech)
    where = planning.narrow(reading, books, speech)
    is_named = any(item.dimension in _NAMED and item.operator in {"=", "in"} for item in reading.where)
    floor = () if is_named else (Filter(dimension=stretch.column, operator=">=", value=POSSIBLE),)
    order = ("-expected_lost_amount", f"-{stretch.column}", "product")
    found = books.rows(STOCK_RISK, (*_READ, stretch.column), (*where, *floor), order)
    stores = planning.stores_of(books)
    states = planning.draft_states(books, where)
    rows = sorted((_row(row, stretch, stores, states, speech) for row in found.rows), key=_likely_first)
    rows = _by(rows, reading)[: reading.limit]
    page = planning.page("stock-risk", reading, stores)
    notes = (*planning.truncated(found, speech), *planning.staleness(books, speech))
    if not rows:
        is_known = bool(books.rows(STOCK_RISK, ("product_id",), where, limit=1).rows)
        key = "stockout.nothing" if is_known else "stockout.unknown"
        text = speech.say(key, **_said(stretch, reading, speech), least=speech.percent(POSSIBLE))
        return Findings(text, warnings=notes, assumptions=_assumptions(stretch, rows, books, speech), page=page)
    text, facts = _text(rows, stretch, reading, speech)
    return Findings(
        text,
        columns=planning.columns(_SHOWN, speech),
        rows=rows,
        chart=Chart.RISK,
        facts=facts,
        warnings=notes,
        assumptions=_assumptions(stretch, rows, books, speech),
        suggestions=(speech.say("stockout.ask_reorder"), speech.say("stockout.ask_out_now")),
        page=page,
    )


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
        "risk": row[stretch.column],
        "plan": speech.say(f"stockout.plan_{_plan(row, state)}"),
    }
    return {name: shown[name] for name in _SHOWN}


def _plan(row: Row, state: DraftState | None) -> str:
    """What is under way: a draft that waits, an approved one, an order, or nothing."""
    if state in planning.WAITING:
        return "draft"
    if state is DraftState.APPROVED:
        return "approved"
    return "order" if planning.number_of(row, "on_order") > 0 else "none"


def _likely_first(row: Row) -> bool:
    return planning.number_of(row, "risk") < LIKELY


def _by(rows: list[Row], reading: Reading) -> list[Row]:
    """The rows grouped as asked, each group in the order that it had."""
    groups = [name for name in reading.by if name in {"store", "supplier", "category"}]
    return sorted(rows, key=lambda row: [str(row[name]) for name in groups]) if groups else rows


def _text(rows: Sequence[Row], stretch: Stretch, reading: Reading, speech: Speech) -> tuple[str, tuple[float, ...]]:
    likely = [row for row in rows if planning.number_of(row, "risk") >= LIKELY]
    out = sum(planning.number_of(row, "available") <= 0 for row in likely)
    counts = (len(likely), len({row["product"] for row in likely}), out, len(rows) - len(likely))
    said = dict(zip(("likely", "products", "out", "further"), (speech.number(count) for count in counts), strict=True))
    if len(rows) == 1:
        return speech.say("stockout.one", item=_item(rows[0], speech), **_said(stretch, reading, speech)), ()
    places = Counter(str(row["product"]) for row in rows)
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(str(row["product"]), row)
    items = "; ".join(_item(row, speech, places[name]) for name, row in list(first.items())[:_TOLD])
    sentences = [speech.say("stockout.likely", **said, **_said(stretch, reading, speech))]
    if counts[3]:
        sentences.append(speech.say("stockout.further", **said, least=speech.percent(POSSIBLE)))
    sentences.append(speech.say("stockout.first", items=items))
    return " ".join(sentences), (*map(float, counts), POSSIBLE, float(stretch.days))


def _said(stretch: Stretch, reading: Reading, speech: Speech) -> dict[str, str]:
    return {
        "days": speech.number(stretch.days),
        "day": speech.day(stretch.ends),
        "scope": scope(reading.where, speech),
    }


def _item(row: Row, speech: Speech, places: int = 1) -> str:
    """A row in words; `places` counts the rows of the same product."""
    store = str(row["store"])
    parts = {
        "product": row["product"],
        "store": store if places == 1 else speech.say("stockout.places", store=store, count=speech.number(places)),
        "risk": speech.percent(row["risk"]),
        "cover": speech.number(row["days_of_cover"], 1),
        "plan": row["plan"],
    }
    expected, early, late = (row[name] for name in ("stockout_date", "early_stockout_date", "late_stockout_date"))
    if planning.number_of(row, "available") <= 0:
        return speech.say("stockout.item_out", **parts)
    if not isinstance(expected, date):
        key = "stockout.item_early" if isinstance(early, date) else "stockout.item_undated"
        return speech.say(key, **parts, early=speech.day(early) if isinstance(early, date) else "")
    key = "stockout.item" if isinstance(late, date) else "stockout.item_open"
    return speech.say(
        key,
        **parts,
        expected=speech.day(expected),
        early=speech.day(early if isinstance(early, date) else expected),
        late=speech.day(late) if isinstance(late, date) else "",
    )


def _assumptions(stretch: Stretch, rows: Sequence[Row], books: Books, speech: Speech) -> tuple[str, ...]:
    said = [speech.say("stockout.assume_risk", days=speech.number(stretch.days), day=speech.day(stretch.ends))]
    if not stretch.is_asked:
        said.append(speech.say("stockout.assume_nearest", days=speech.number(stretch.days)))
    said += [speech.say("stockout.assume_dates"), speech.say("stockout.assume_order")]
    models = books.rows(REORDER_DRAFTS, ("model_name",), limit=1).rows if books.holds(REORDER_DRAFTS) else []
    if models and models[0]["model_name"]:
        said.append(speech.say("stockout.assume_model", model=models[0]["model_name"]))
    weak = sum(row["evidence"] != "ok" for row in rows)
    if weak:
        said.append(speech.say("stockout.assume_evidence", count=speech.number(weak)))
    return tuple(said)


def _out_now(reading: Reading, books: Books, speech: Speech) -> Findings:
    if reading.period is not None and not reading.period.first <= books.today <= reading.period.last:
        raise UnusableRequest(speech.say("stockout.not_now", period=speech.period(reading.period)))
    names = tuple(name for name in ("available", "mean_daily_units", "on_order") if books.knows(name))
    found = books.query(*names, by=("product", "store"), where=reading.where, order_by=("available",))
    gone = [row for row in found.rows if row["available"] is not None and planning.number_of(row, "available") <= 0]
    gone.sort(key=lambda row: -planning.number_of(row, "mean_daily_units"))
    page = planning.page("inventory", reading, planning.stores_of(books))
    if not gone:
        key = "stockout.none_out" if found.rows else "stockout.unknown_stock"
        return Findings(speech.say(key, scope=scope(reading.where, speech)), page=page)
    selling = [row for row in gone if planning.number_of(row, "mean_daily_units") > 0]
    counts = (len(gone), len({row["product"] for row in gone}), len(selling))
    said = dict(zip(("count", "products", "selling"), (speech.number(count) for count in counts), strict=True))
    sentences = [speech.say("stockout.out", **said, scope=scope(reading.where, speech))]
    if selling:
        items = "; ".join(
            speech.say(
                "stockout.item_rate",
                product=row["product"],
                store=row["store"],
                rate=speech.number(row["mean_daily_units"], 1),
            )
            for row in selling[:_TOLD]
        )
        sentences.append(speech.say("stockout.fastest", items=items))
    shown = tuple(name for name in _SHOWN_NOW if name in {"product", "store", *names})
    return Findings(
        " ".join(sentences),
        columns=planning.columns(shown, speech),
        rows=_by(gone, reading)[: reading.limit],
        chart=Chart.NONE,
        metrics=names,
        facts=tuple(map(float, counts)),
        warnings=planning.truncated(found, speech),
        assumptions=(speech.say("stockout.assume_now"),),
        suggestions=(speech.say("stockout.ask_risk"), speech.say("stockout.ask_reorder")),
        page=page,
    )
