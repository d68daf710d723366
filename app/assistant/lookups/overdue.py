"""Deliveries that should have come: open order lines whose expected day is over, by supplier."""

from __future__ import annotations

from datetime import date
from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.lookups import common
from app.assistant.lookups.coming import ORDER_LINES, open_lines
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.assistant.wording import scope
from app.formats import as_float
from metrics.result import Row

_SHOWN: Final = ("supplier", "store", "expected_date", "days_late", "lines", "units")


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Lines and units by supplier, store and expected day, the latest first; of a period those expected in it."""
    missing = common.require(reading, books, speech, common.OF_PRODUCTS | common.OF_STORES, ORDER_LINES)
    if missing:
        return Findings(missing)
    where = scope(reading.where, speech)
    lines = [line for line in open_lines(reading, reading.period, books) if _days_late(line, books.today) > 0]
    if not lines:
        return common.nothing("no_overdue", speech, scope=where)
    rows = _rows(lines, books, speech)
    first, cut, facts = common.shown(rows, reading, speech)
    units = sum(as_float(line["on_order_quantity"]) or 0 for line in lines)
    most = max(_days_late(line, books.today) for line in lines)
    entries, counts = _suppliers(rows, speech)
    said = {"lines": speech.number(len(lines)), "units": speech.number(units), "days": speech.number(most)}
    text = speech.say("lookup.overdue", scope=where, entries=speech.list(entries), **said)
    return Findings(
        text=" ".join([text, *cut]),
        columns=common.columns(_SHOWN, speech, days_late="count", lines="count", units="units"),
        rows=first,
        facts=(*facts, float(len(lines)), units, float(most), *counts),
    )


def _days_late(line: Row, today: date) -> int:
    expected = line["expected_date"]
    return (today - expected).days if isinstance(expected, date) else 0


def _rows(lines: list[Row], books: Books, speech: Speech) -> list[Row]:
    suppliers = common.by_id(books, "dim_suppliers", "supplier_id", "supplier")
    stores = common.by_id(books, "dim_stores", "store_id", "store")
    not_given = speech.say("period.not_given")
    groups: dict[tuple[int, str, str], list[Row]] = {}
    for line in lines:
        names = suppliers.get(str(line["supplier_id"]), not_given), stores.get(str(line["store_id"]), not_given)
        groups.setdefault((_days_late(line, books.today), *names), []).append(line)
    rows: list[Row] = [
        {
            "supplier": supplier,
            "store": store,
            "expected_date": group[0]["expected_date"],
            "days_late": late,
            "lines": len(group),
            "units": sum(as_float(line["on_order_quantity"]) or 0 for line in group),
        }
        for (late, supplier, store), group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-int(str(row["days_late"])), str(row["supplier"]), str(row["store"])))


def _suppliers(rows: list[Row], speech: Speech) -> tuple[list[str], list[float]]:
    """The suppliers with most lines overdue, each with its latest, and the numbers said."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row["supplier"]), []).append(row)
    counted = [
        (name, sum(int(str(r["lines"])) for r in group), max(int(str(r["days_late"])) for r in group))
        for name, group in groups.items()
    ]
    first = sorted(counted, key=lambda item: (-item[1], item[0]))[: common.NAMED]
    entries = [
        speech.say(
            "lookup.overdue_entry", supplier=speech.text(name), lines=speech.number(lines), days=speech.number(days)
        )
        for name, lines, days in first
    ]
    return entries, [float(number) for _, lines, days in first for number in (lines, days)]
