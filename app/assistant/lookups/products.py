"""Facts about products and who supplies them: prices and suppliers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Findings, PageLink
from app.assistant.lookups import common
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.formats import as_float
from metrics import Filter
from metrics.result import Row

_PRICES: Final = "fct_price_periods"
_TERMS: Final = "fct_supplier_terms"


def price(reading: Reading, books: Books, speech: Speech) -> Findings:
    """List prices, what a store asks where that differs, and costs for who may see them."""
    missing = common.require(reading, books, speech, common.OF_PRODUCTS | common.OF_STORES, "dim_products")
    where = common.about(reading, common.OF_PRODUCTS)
    if missing or not where:
        return Findings(missing) if missing else common.nothing("which_product", speech)
    names = books.readable(("product", "sku", "list_price", "unit_cost"))
    found = books.rows("dim_products", ("product_id", *names), where=where, order_by=("product",)).rows
    if not found:
        return common.nothing("no_product", speech)
    first, cut, facts = common.shown(found, reading, speech)
    prices = _in_stores(first, reading, books)
    rows = [{name: row[name] for name in names} | {"store": None, "price": None} for row in first]
    for row, product in zip(list(rows), first, strict=True):
        for store, amount in prices.get(str(product["product_id"]), {}).items():
            rows.append(row | {"store": store, "price": amount})
    rows.sort(key=lambda row: (str(row["product"]), row["store"] is not None, str(row["store"])))
    sentences = [_price(row, speech) for row in rows[: common.NAMED]]
    return Findings(
        text=" ".join([*sentences, *cut]),
        columns=common.columns((*names, "store", "price"), speech),
        rows=rows,
        facts=facts,
    )


def _price(row: Row, speech: Speech) -> str:
    slots = {"product": speech.text(row["product"]), "price": speech.value(row["list_price"], "currency")}
    if row["store"] is not None:
        shown = speech.value(row["price"], "currency")
        return speech.say(
            "lookup.price_in_store", product=slots["product"], store=speech.text(row["store"]), price=shown
        )
    if row["list_price"] is None:
        return speech.say("lookup.no_price", product=slots["product"])
    if row.get("unit_cost") is not None:
        return speech.say("lookup.price_and_cost", cost=speech.value(row["unit_cost"], "currency"), **slots)
    return speech.say("lookup.price", **slots)


def _in_stores(products: list[Row], reading: Reading, books: Books) -> dict[str, dict[str, float]]:
    """Prices that a store asks today and that are its own, by product id and store."""
    if not books.holds(_PRICES):
        return {}
    ids = tuple(str(row["product_id"]) for row in products)
    where = (
        Filter(dimension="product_id", operator="in", value=ids),
        Filter(dimension="valid_from_date", operator="<=", value=books.today),
    )
    names = ("product_id", "store_id", "valid_from_date", "valid_to_date", "price")
    stores = common.by_id(books, "dim_stores", "store_id", "store")
    wanted = {name.casefold() for name in reading.filtered("store")}
    prices: dict[str, dict[str, float]] = {}
    for row in books.rows(_PRICES, names, where=where, order_by=("valid_from_date",)).rows:
        ends, store = row["valid_to_date"], stores.get(str(row["store_id"]))
        is_over = isinstance(ends, date) and ends < books.today
        if store is None or is_over or (wanted and store.casefold() not in wanted):
            continue
        if isinstance(row["price"], int | float):
            prices.setdefault(str(row["product_id"]), {})[store] = float(row["price"])
    return prices


def supplier(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Who supplies a product and on which terms; what a supplier supplies; or all suppliers."""
    missing = common.require(reading, books, speech, common.OF_PRODUCTS, "dim_suppliers")
    if missing:
        return Findings(missing)
    products = common.about(reading, common.OF_PRODUCTS - {"supplier"})
    if products:
        return _of_products(reading, products, books, speech)
    named = common.about(reading, {"supplier"})
    return _range_of(reading, named, books, speech) if named else _suppliers(reading, books, speech)


def _range_of(reading: Reading, named: tuple[Filter, ...], books: Books, speech: Speech) -> Findings:
    """Products that a supplier is the preferred one of."""
    about = ("supplier", "products", "order_days", "mean_agreed_lead_time_days")
    suppliers = books.rows("dim_suppliers", about, where=named, order_by=("supplier",)).rows
    if not suppliers:
        return common.nothing("no_such_supplier", speech)
    found = books.rows("dim_products", ("product", "sku", "supplier"), where=named, order_by=("product",)).rows
    first, cut, facts = common.shown(found, reading, speech)
    preferred = Counter(str(row["supplier"]) for row in found)
    sentences = [_one_supplier(row, preferred[str(row["supplier"])], speech) for row in suppliers[: common.NAMED]]
    return Findings(
        text=" ".join([*sentences, *cut]),
        columns=common.columns(("product", "sku", "supplier"), speech),
        rows=first,
        facts=(*facts, *preferred.values(), *(n for row in suppliers if (n := as_float(row["products"])) is not None)),
        page=PageLink("terms"),
    )


def _one_supplier(row: Row, preferred: int, speech: Speech) -> str:
    counts = {"preferred": speech.number(preferred), "products": speech.number(row["products"])}
    supplies = speech.say("lookup.one_supplier", supplier=speech.text(row["supplier"]), **counts)
    if not row["order_days"]:
        return supplies
    return f"{supplies} {speech.say('lookup.order_days', days=speech.text(row['order_days']))}"


def _of_products(reading: Reading, where: tuple[Filter, ...], books: Books, speech: Speech) -> Findings:
    where = (*where, *common.about(reading, {"supplier"}))
    names = ("product_id", "product", "sku", "supplier_id", "supplier")
    found = books.rows("dim_products", names, where=where, order_by=("product",)).rows
    if not found:
        return common.nothing("no_product", speech)
    first, cut, facts = common.shown(found, reading, speech)
    terms = _terms([str(row["product_id"]) for row in first], books)
    shown = (*("product", "sku", "supplier"), *books.readable(("lead_time_days", "moq", "pack_size", "unit_cost")))
    rows = [
        {
            name: row.get(name, terms.get((str(row["product_id"]), str(row["supplier_id"])), {}).get(name))
            for name in shown
        }
        for row in first
    ]
    sentences = [_who(row, speech) for row in rows[: common.NAMED]]
    units = {"lead_time_days": "days", "moq": "units", "pack_size": "units"}
    return Findings(
        text=" ".join([*sentences, *cut]),
        columns=common.columns(shown, speech, **units),
        rows=rows,
        facts=facts,
        page=PageLink("terms"),
    )


def _terms(products: list[str], books: Books) -> dict[tuple[str, str], Row]:
    if not books.holds(_TERMS):
        return {}
    names = books.readable(("product_id", "supplier_id", "lead_time_days", "moq", "pack_size", "unit_cost"))
    where = (Filter(dimension="product_id", operator="in", value=tuple(products)),)
    return {
        (str(row["product_id"]), str(row["supplier_id"])): row for row in books.rows(_TERMS, names, where=where).rows
    }


def _who(row: Row, speech: Speech) -> str:
    product = speech.text(row["product"])
    if row["supplier"] is None:
        return speech.say("lookup.no_supplier", product=product)
    supplies = speech.say("lookup.supplies", product=product, supplier=speech.text(row["supplier"]))
    if row["lead_time_days"] is None:
        return supplies
    return f"{supplies} {speech.say('lookup.agreed', days=speech.number(row['lead_time_days']))}"


def _suppliers(reading: Reading, books: Books, speech: Speech) -> Findings:
    names = ("supplier", "products", "order_days", "mean_agreed_lead_time_days")
    found = books.rows("dim_suppliers", names, order_by=("supplier",)).rows
    first, cut, facts = common.shown(found, reading, speech)
    listed = speech.list([speech.text(row["supplier"]) for row in first])
    return Findings(
        text=" ".join([speech.say("lookup.suppliers", count=speech.number(len(found)), names=listed), *cut]),
        columns=common.columns(names, speech, products="count", mean_agreed_lead_time_days="days"),
        rows=first,
        facts=(*facts, len(found)),
        page=PageLink("terms"),
    )
