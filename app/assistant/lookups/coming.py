"""Facts about what runs and what comes: promotions, deliveries on order."""

from __future__ import annotations

from datetime import date
from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.lookups import common
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech
from app.assistant.wording import scope, when
from app.formats import as_float
from metrics import Filter
from metrics.result import Row, Value

_PROMOTIONS: Final = "dim_promotions"
_PROMOTED: Final = "fct_promotion_periods"
ORDER_LINES: Final = "fct_purchase_order_lines"


def promotions(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Promotions that run on some day of the period, today where none is said."""
    allowed = common.OF_PRODUCTS | common.OF_STORES | {"promotion"}
    missing = common.require(reading, books, speech, allowed, _PROMOTIONS)
    if missing:
        return Findings(missing)
    period = _ahead(reading.period or Period(name="today", first=books.today, last=books.today))
    where = [*_running(period), *common.about(reading, {"promotion"})]
    narrowed = common.about(reading, common.OF_PRODUCTS | common.OF_STORES)
    if narrowed:
        ids = _promotions_of(reading, period, books)
        if ids is None:
            return common.nothing("promotions_by_store", speech)
        where.append(Filter(dimension="promotion_id", operator="in", value=ids or ("",)))
    names = ("promotion", "kind", "starts_date", "ends_date", "discount_rate", "products")
    found = books.rows(_PROMOTIONS, names, where=where, order_by=("starts_date", "promotion")).rows
    slots = {"period": when(period, speech), "scope": scope(reading.where, speech)}
    if not found:
        return common.nothing("no_promotions", speech, **slots)
    first, cut, facts = common.shown(found, reading, speech)
    entries = [_promotion(row, speech) for row in first[: common.NAMED]]
    count = speech.number(len(found))
    text = speech.say("lookup.promotions", count=count, entries=speech.list(entries), **slots)
    return Findings(
        text=" ".join([text, *cut]),
        columns=common.columns(names, speech, products="count"),
        rows=first,
        facts=(*facts, len(found)),
    )


def _ahead(period: Period) -> Period:
    """All days of a period: promotions and deliveries are known ahead, so this week goes on to its Sunday."""
    return Period(name=period.name, first=period.first, last=period.ends or period.last)


def _running(period: Period) -> tuple[Filter, Filter]:
    """What begins before the period ends and ends after it begins."""
    return (
        Filter(dimension="starts_date", operator="<=", value=period.last),
        Filter(dimension="ends_date", operator=">=", value=period.first),
    )


def _promotions_of(reading: Reading, period: Period, books: Books) -> tuple[str, ...] | None:
    """Ids of the promotions of certain products or stores; none where a person sees single stores only.

    A promotion in every store names none, and rows without a store are nobody's in particular.
    """
    if not books.principal.sees_every_store or not books.holds(_PROMOTED):
        return None
    where = list(_running(period))
    products = common.about(reading, common.OF_PRODUCTS)
    if products:
        ids = tuple(str(row["product_id"]) for row in books.rows("dim_products", ("product_id",), where=products).rows)
        where.append(Filter(dimension="product_id", operator="in", value=ids or ("",)))
    rows = books.rows(_PROMOTED, ("promotion_id", "store_id"), where=where).rows
    stores = common.about(reading, common.OF_STORES)
    if stores:
        wanted = {row["store_id"] for row in books.rows("dim_stores", ("store_id",), where=stores).rows}
        rows = [row for row in rows if row["store_id"] is None or row["store_id"] in wanted]
    return tuple(sorted({str(row["promotion_id"]) for row in rows}))


def _promotion(row: Row, speech: Speech) -> str:
    first, last = row["starts_date"], row["ends_date"]
    dates = speech.span(first, last) if isinstance(first, date) and isinstance(last, date) else ""
    return speech.say("metric.entry", name=speech.text(row["promotion"]), value=dates)


def deliveries(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Open order lines by supplier, store and expected day; with a period, those expected in it."""
    missing = common.require(reading, books, speech, common.OF_PRODUCTS | common.OF_STORES, ORDER_LINES)
    if missing:
        return Findings(missing)
    period = _ahead(reading.period) if reading.period else None
    lines = open_lines(reading, period, books)
    slots = {"period": when(period, speech) if period else "", "scope": scope(reading.where, speech)}
    if not lines:
        return common.nothing("no_deliveries_in" if period else "no_deliveries", speech, **slots)
    rows = _grouped(lines, books)
    first, cut, facts = common.shown(rows, reading, speech)
    units = sum(as_float(row["on_order_quantity"]) or 0 for row in lines)
    late = [row for row in lines if isinstance(row["expected_date"], date) and row["expected_date"] < books.today]
    key = "deliveries_in" if period else "deliveries"
    sentences = [speech.say(f"lookup.{key}", lines=speech.number(len(lines)), units=speech.number(units), **slots)]
    coming = [row for row in rows if isinstance(row["expected_date"], date) and row["expected_date"] >= books.today]
    if coming:
        sentences.append(
            speech.say("lookup.next_ones", entries=speech.list([_delivery(r, speech) for r in coming[: common.NAMED]]))
        )
    if late:
        sentences.append(speech.say("lookup.late", count=speech.number(len(late))))
    names = ("expected_date", "supplier", "store", "lines", "units")
    return Findings(
        text=" ".join([*sentences, *cut]),
        columns=common.columns(names, speech, lines="count", units="units"),
        rows=first,
        facts=(*facts, len(lines), units, len(late)),
    )


def open_lines(reading: Reading, period: Period | None, books: Books) -> list[Row]:
    """Open lines of the products, suppliers and stores that are meant."""
    where = [Filter(dimension="is_open", operator="=", value=True)]
    if period is not None:
        where.append(Filter(dimension="expected_date", operator=">=", value=period.first))
        where.append(Filter(dimension="expected_date", operator="<=", value=period.last))
    of_suppliers = common.about(reading, {"supplier"})
    if of_suppliers:
        where.append(_among("supplier_id", "dim_suppliers", of_suppliers, books))
    products = common.about(reading, common.OF_PRODUCTS - {"supplier"})
    if products:
        where.append(_among("product_id", "dim_products", products, books))
    stores = common.about(reading, common.OF_STORES)
    if stores:
        where.append(_among("store_id", "dim_stores", stores, books))
    names = ("supplier_id", "store_id", "expected_date", "on_order_quantity")
    return books.rows(ORDER_LINES, names, where=where, order_by=("expected_date",)).rows


def _among(key: str, table: str, where: tuple[Filter, ...], books: Books) -> Filter:
    found = tuple(str(row[key]) for row in books.rows(table, (key,), where=where).rows)
    return Filter(dimension=key, operator="in", value=found or ("",))


def _grouped(lines: list[Row], books: Books) -> list[Row]:
    """Lines and units per expected day, supplier and store, the earliest first."""
    suppliers = common.by_id(books, "dim_suppliers", "supplier_id", "supplier")
    stores = common.by_id(books, "dim_stores", "store_id", "store")
    groups: dict[tuple[Value, str | None, str | None], list[float]] = {}
    for line in lines:
        key = (line["expected_date"], suppliers.get(str(line["supplier_id"])), stores.get(str(line["store_id"])))
        groups.setdefault(key, []).append(as_float(line["on_order_quantity"]) or 0)
    return [
        {"expected_date": day, "supplier": supplier, "store": store, "lines": len(units), "units": sum(units)}
        for (day, supplier, store), units in groups.items()
    ]


def _delivery(row: Row, speech: Speech) -> str:
    day = row["expected_date"]
    shown = speech.day(day) if isinstance(day, date) else speech.say("metric.not_known")
    name = speech.text(row["supplier"] or speech.say("period.not_given"))
    store = speech.text(row["store"] or speech.say("period.not_given"))
    return speech.say("lookup.delivery", supplier=name, store=store, day=shown, units=speech.number(row["units"]))
