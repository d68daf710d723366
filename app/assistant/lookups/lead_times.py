"""How long suppliers take: as agreed, and as learnt from receipts."""

from __future__ import annotations

from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Findings, PageLink
from app.assistant.lookups import common
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from metrics import Filter
from metrics.result import Row

_LEAD_TIMES: Final = "fct_lead_times"
_IN_WORDS: Final = (0.5, 9.0, 10.0)
"""Numbers that the text says of every lead time: the half, and nine of ten."""


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """How long suppliers take: as agreed, and as learnt from receipts."""
    allowed = common.OF_PRODUCTS | {"store", "store_id"}
    missing = common.require(reading, books, speech, allowed, "dim_suppliers")
    if missing:
        return Findings(missing)
    wanted = _suppliers_of(reading, books)
    if wanted is not None and not wanted:
        return common.nothing("no_such_supplier", speech)
    only = () if wanted is None else (Filter(dimension="supplier", operator="in", value=wanted),)
    rows = _learnt(reading, only, books) or _agreed(only, books)
    if not rows:
        return common.nothing("no_lead_time", speech)
    first, cut, facts = common.shown(rows, reading, speech)
    names = ("supplier", "store", "promised_days", "median_days", "q90_days", "late_share", "receipts")
    units = {
        "promised_days": "days",
        "median_days": "days",
        "q90_days": "days",
        "late_share": "ratio",
        "receipts": "count",
    }
    return Findings(
        text=" ".join([*(_takes(row, speech) for row in first[: common.NAMED]), *cut]),
        columns=common.columns(names, speech, **units),
        rows=[{name: row[name] for name in names} for row in first],
        facts=(*facts, *_IN_WORDS),
        page=PageLink("terms"),
    )


def _suppliers_of(reading: Reading, books: Books) -> tuple[str, ...] | None:
    """Names of the suppliers that are meant; none for all."""
    products = common.about(reading, common.OF_PRODUCTS - {"supplier"})
    if products:
        found = books.rows("dim_products", ("supplier",), where=(*products, *common.about(reading, {"supplier"}))).rows
        return tuple(sorted({str(row["supplier"]) for row in found if row["supplier"] is not None}))
    named = common.about(reading, {"supplier"})
    if not named:
        return None
    return tuple(str(row["supplier"]) for row in books.rows("dim_suppliers", ("supplier",), where=named).rows)


def _learnt(reading: Reading, only: tuple[Filter, ...], books: Books) -> list[Row]:
    """Lead times that receipts show: over all stores, or of those asked for (or seen) where there is no such row."""
    if not books.holds(_LEAD_TIMES):
        return []
    names = ("supplier", "store_id", "promised_days", "median_days", "q90_days", "late_share", "receipts")
    stores = common.by_id(books, "dim_stores", "store_id", "store")
    found = books.rows(_LEAD_TIMES, names, where=only, order_by=("supplier", "store_id")).rows
    rows = [row | {"store": stores.get(str(row["store_id"]))} for row in found]
    wanted = {name.casefold() for name in reading.filtered("store")}
    if wanted:
        return [row for row in rows if str(row["store"]).casefold() in wanted]
    over_all = [row for row in rows if row["store_id"] is None]
    return over_all or rows


def _agreed(only: tuple[Filter, ...], books: Books) -> list[Row]:
    found = books.rows(
        "dim_suppliers", ("supplier", "mean_agreed_lead_time_days"), where=only, order_by=("supplier",)
    ).rows
    nothing = {"store": None, "median_days": None, "q90_days": None, "late_share": None, "receipts": 0}
    return [
        {"supplier": row["supplier"], "promised_days": row["mean_agreed_lead_time_days"]} | nothing
        for row in found
        if row["mean_agreed_lead_time_days"] is not None
    ]


def _takes(row: Row, speech: Speech) -> str:
    name = speech.text(row["supplier"])
    if row["store"] is not None:
        name = speech.say("lookup.at_store", name=name, store=speech.text(row["store"]))
    if not row["receipts"] or row["median_days"] is None:
        return speech.say("lookup.takes_agreed", supplier=name, days=_days(row["promised_days"], speech))
    return speech.say(
        "lookup.takes",
        supplier=name,
        median=_days(row["median_days"], speech),
        q90=_days(row["q90_days"], speech),
        promised=_days(row["promised_days"], speech),
        receipts=speech.number(row["receipts"]),
    )


def _days(value: object, speech: Speech) -> str:
    whole = isinstance(value, int | float) and float(value).is_integer()
    return speech.number(value, 0 if whole else 1)
