"""What hardly sells: stock that lasts longest, stock without a sale, or, where no source has stock, the fewest sales.

Slow: something with units available that last more than `SLOW_DAYS` days at their rate of sale, or that do not sell at
all; those without any sale first, then the longest first. Over the last 28 days (or no period said) the rate is the
metric `mean_daily_units`, so that days out of stock do not make a product slow; where that is not known (no source
tells on which days there was stock), and over any other period, the rate is the units sold over the days. Nothing slow:
the longest-lasting are told and called that.

Unsold: units on hand, and no unit sold in the period; most tied up first, by value for who may see it, else by units.

A product that was launched in the period, or less than `NEW_DAYS` ago, has had no time to sell: it is set apart.

Without stock nothing is called slow: the products with the fewest units in the period are told instead, among those
`MOST_COMPARED` that sold most in the `BEFORE_DAYS` days before it, and the first sentence says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.assistant import planning
from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.reading import Period, Reading, Topic
from app.assistant.slow_stock import BEFORE_DAYS, MOST_COMPARED, USUAL, Question, fewest, set_apart, stocked
from app.assistant.speech import Speech
from app.assistant.wording import scope, when
from metrics import Column
from metrics.result import Row
from retail.errors import UnusableRequest

SLOW_DAYS: Final = 60
"""Stock that lasts longer is slow: the last class of the page Inventory."""
DEFAULT_LIMIT: Final = 25

_TOLD: Final = 3
_GROUPS: Final = ("product", "category", "department", "brand", "supplier")


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Slow stock, unsold stock, or the fewest sales where there is no stock.

    Raises:
        UnusableRequest: It asks for a split or filter that stock has not, or for days that have not come.
    """
    planning.require_plain(reading, (*_GROUPS, "store"), speech)
    question = Question(
        period=reading.period or Period(name=USUAL, first=books.today - timedelta(days=27), last=books.today),
        by=reading.by if set(reading.by) & set(_GROUPS) else ("product", *reading.by),
        where=scope(reading.where, speech),
        limit=reading.limit or DEFAULT_LIMIT,
    )
    if question.period.first > books.today:
        raise UnusableRequest(speech.say("slow_movers.ahead", period=speech.period(question.period)))
    if not books.has_stock:
        return _fewest(question, reading, books, speech)
    rows, notes = stocked(question, reading, books, speech)
    rows, new = set_apart(rows, question, books)
    found = _unsold(rows, question, speech) if reading.topic is Topic.UNSOLD else _slow(rows, question, books, speech)
    return _findings(found, question, new, notes, reading, books, speech)


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that answer a question, all of them, with what is said of them."""

    rows: list[Row]
    columns: tuple[str, ...]
    text: str
    facts: tuple[float, ...]
    assumptions: tuple[str, ...]


def _slow(rows: list[Row], question: Question, books: Books, speech: Speech) -> _Found:
    stocked = [row for row in rows if planning.number_of(row, "available") > 0]
    ranked = sorted(stocked, key=lambda row: _longest_first(row, books))
    slow = [row for row in ranked if row["lasts_days"] is None or planning.number_of(row, "lasts_days") > SLOW_DAYS]
    still = sum(row["lasts_days"] is None for row in slow)
    value = _value(slow, books)
    said = {
        "count": speech.number(len(slow)),
        "still": speech.number(still),
        "days": speech.number(SLOW_DAYS),
        "scope": question.where,
        "what": _what(question, speech),
        "stocked": speech.number(len(stocked)),
        "money": speech.say("slow_movers.money", amount=speech.value(value, "currency")) if value is not None else "",
    }
    text = speech.say(
        "slow_movers.slow" if slow else "slow_movers.none_slow" if stocked else "slow_movers.none", **said
    )
    return _Found(
        slow or ranked,
        ("lasts_days", "available", "units_sold", "stock_value"),
        text,
        (float(len(slow)), float(still), float(SLOW_DAYS), float(len(stocked)), value or 0.0),
        _rates(stocked, question, speech),
    )


def _rates(stocked: Sequence[Row], question: Question, speech: Speech) -> tuple[str, ...]:
    """What slow means, and for how many the rate could not be that of days in stock."""
    said = {"days": speech.number(SLOW_DAYS), "when": when(question.period, speech)}
    if not question.is_usual:
        return (speech.say("slow_movers.assume_period", **said),)
    unrated = sum(not row["is_rated"] for row in stocked)
    if stocked and unrated == len(stocked):
        return speech.say("slow_movers.assume_period", **said), speech.say("slow_movers.assume_no_history")
    rated = speech.say("slow_movers.assume_rate", **said)
    if not unrated:
        return (rated,)
    return rated, speech.say("slow_movers.assume_some_history", count=speech.number(unrated), **said)


def _longest_first(row: Row, books: Books) -> tuple[bool, float, float]:
    """What does not sell at all first, the most tied up of it first; then what lasts longest."""
    return (
        row["lasts_days"] is not None,
        -planning.number_of(row, "lasts_days"),
        -planning.number_of(row, _tied_up(books)),
    )


def _tied_up(books: Books) -> str:
    return "stock_value" if books.knows("stock_value") else "on_hand"


def _value(rows: Sequence[Row], books: Books) -> float | None:
    if not books.knows("stock_value"):
        return None
    known = [planning.number_of(row, "stock_value") for row in rows if row["stock_value"] is not None]
    return sum(known) if known else None


def _unsold(rows: list[Row], question: Question, speech: Speech) -> _Found:
    unsold = [row for row in rows if row["units_sold"] == 0]
    has_value = any("stock_value" in row for row in unsold)
    unsold.sort(key=lambda row: -planning.number_of(row, "stock_value" if has_value else "on_hand"))
    units = sum(planning.number_of(row, "on_hand") for row in unsold)
    known = [planning.number_of(row, "stock_value") for row in unsold if has_value and row["stock_value"] is not None]
    said = {
        "count": speech.number(len(unsold)),
        "units": speech.number(units),
        "scope": question.where,
        "stocked": speech.number(len(rows)),
        "what": _what(question, speech),
        "when": when(question.period, speech),
        "money": speech.say("slow_movers.money", amount=speech.value(sum(known), "currency")) if known else "",
    }
    return _Found(
        unsold,
        ("on_hand", "units_sold", "stock_value"),
        speech.say("slow_movers.unsold" if unsold else "slow_movers.none_unsold", **said),
        (float(len(unsold)), float(len(rows)), units, float(sum(known))),
        (speech.say("slow_movers.assume_unsold", when=when(question.period, speech)),),
    )


def _findings(
    found: _Found,
    question: Question,
    new: Sequence[str],
    notes: tuple[str, ...],
    reading: Reading,
    books: Books,
    speech: Speech,
) -> Findings:
    names = (*question.by, *(name for name in found.columns if name != "stock_value" or books.knows(name)))
    rows = [{name: row[name] for name in names} for row in found.rows[: question.limit]]
    sentences = [found.text]
    if rows:
        sentences.append(
            speech.say("slow_movers.first", items="; ".join(_item(r, question, speech) for r in rows[:_TOLD]))
        )
    assumptions = list(found.assumptions)
    if new:
        assumptions.append(speech.say("slow_movers.new", count=speech.number(len(new)), names=_names(new, speech)))
    if len(rows) < len(found.rows):
        shown, count = speech.number(len(rows)), speech.number(len(found.rows))
        assumptions.append(speech.say("slow_movers.cut", shown=shown, count=count))
    return Findings(
        " ".join(sentences),
        columns=_columns(names, speech),
        rows=rows,
        chart=Chart.BARS if rows else Chart.NONE,
        metrics=tuple(name for name in ("days_of_cover", "on_hand", "available", "units_sold") if books.knows(name)),
        facts=(*found.facts, float(len(new))),
        warnings=notes,
        assumptions=tuple(assumptions),
        suggestions=tuple(
            speech.say(f"slow_movers.ask_{name}")
            for name in ("unsold" if reading.topic is not Topic.UNSOLD else "slow",)
        ),
        page=planning.page("inventory", reading, planning.stores_of(books)),
    )


def _what(question: Question, speech: Speech) -> str:
    """What a row is, in the plural."""
    return speech.say(f"slow_movers.{'pairs' if 'store' in question.by else question.by[0]}")


def _columns(names: Sequence[str], speech: Speech) -> tuple[Column, ...]:
    """Columns whose kinds tell a picture what is split and what is measured."""
    dimensions = {*_GROUPS, "store"}
    return tuple(
        Column(column.name, column.label, column.unit, "dimension" if column.name in dimensions else "metric")
        for column in planning.columns(names, speech)
    )


def _item(row: Row, question: Question, speech: Speech) -> str:
    name = ", ".join(str(row[part]) for part in question.by)
    if "units_before" in row:
        sold, before = speech.number(row["units_sold"]), speech.number(row["units_before"])
        return speech.say("slow_movers.item_fewest", name=name, sold=sold, before=before)
    if "lasts_days" not in row:
        return speech.say("slow_movers.item_unsold", name=name, units=speech.number(row["on_hand"]))
    units = speech.number(row["available"])
    if row["lasts_days"] is None:
        return speech.say("slow_movers.item_still", name=name, units=units)
    return speech.say("slow_movers.item", name=name, units=units, days=speech.number(row["lasts_days"]))


def _names(names: Sequence[str], speech: Speech) -> str:
    shown = list(names[:_TOLD])
    return speech.list(shown) + ("" if len(names) <= _TOLD else ", …")


def _fewest(question: Question, reading: Reading, books: Books, speech: Speech) -> Findings:
    """The fewest units sold among what sold before, said to be no answer on stock."""
    rows = fewest(question, reading, books)
    key = "slow_movers.no_stock" if rows else "slow_movers.no_stock_no_sales"
    found = _Found(
        rows,
        ("units_sold", "units_before"),
        speech.say(key, when=when(question.period, speech), scope=question.where),
        (),
        (speech.say("slow_movers.assume_fewest", most=speech.number(MOST_COMPARED), days=speech.number(BEFORE_DAYS)),),
    )
    return _findings(found, question, (), (), reading, books, speech)
