"""Expected demand over days ahead.

Published are totals of each product in a store from the first day after the cutoff up to each day ahead, with their
intervals, and intervals of single days. Means add up, over days and over series; intervals do not. So the expected
units of any stretch are a difference of two totals, and an interval is given for the stretch that begins with the
first forecast day, or for a single day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Chart, Findings, PageLink
from app.assistant.lookups import common
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech
from app.assistant.wording import scope, when
from app.formats import as_float
from app.model_names import in_words
from metrics import Column, Filter
from metrics.result import Row, Value

_TOTALS: Final = "fct_demand_totals"
_DAILY: Final = "fct_forecasts"
_CHANCE: Final = 0.8
"""Chance that the published tenth to ninetieth percentile stands for."""
_DEFAULT_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class _Days:
    """Which days are told.

    Attributes:
        asked: The period asked for.
        first: Its first day with a forecast.
        last: Its last one.
        begins: The first forecast day of all.
        reaches: The last one of all.
    """

    asked: Period
    first: date
    last: date
    begins: date
    reaches: date

    @property
    def is_one_day(self) -> bool:
        """Whether there is an interval of just that day."""
        return self.first == self.last

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval of exactly these days."""
        return self.is_one_day or self.first == self.begins


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Expected units of each product in a store, and of all together."""
    allowed = common.OF_PRODUCTS | common.OF_STORES
    missing = common.require(reading, books, speech, allowed, _TOTALS)
    if missing:
        return Findings(missing)
    days = _days(reading, books)
    if days.first > days.last:
        slots = {"first": speech.day(days.begins), "last": speech.day(days.reaches)}
        return common.nothing("beyond_forecast", speech, period=when(days.asked, speech), **slots)
    where = _where(reading, books)
    totals = _totals(days.last, where, books)
    earlier = {} if days.first == days.begins else _totals(days.first - timedelta(days=1), where, books)
    if not totals:
        return common.nothing("no_forecast", speech, scope=scope(reading.where, speech))
    rows = _rows(days, totals, earlier, where, books)
    return _describe(rows, totals, days, reading, books, speech)


def _days(reading: Reading, books: Books) -> _Days:
    last_row = books.rows(_TOTALS, ("cutoff_date", "target_date"), order_by=("-target_date",), limit=1).rows[0]
    begins = _day(last_row["cutoff_date"]) + timedelta(days=1)
    reaches = _day(last_row["target_date"])
    ahead = Period(
        name=f"next_{_DEFAULT_DAYS}_days",
        first=books.today + timedelta(days=1),
        last=books.today + timedelta(days=_DEFAULT_DAYS),
    )
    asked = reading.period or ahead
    return _Days(asked, max(asked.first, begins), min(asked.ends or asked.last, reaches), begins, reaches)


def _day(value: Value) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no day")
    return value


def _where(reading: Reading, books: Books) -> tuple[Filter, ...]:
    found = []
    for key, table, dimensions in (
        ("product_id", "dim_products", common.OF_PRODUCTS),
        ("store_id", "dim_stores", common.OF_STORES),
    ):
        about = common.about(reading, dimensions)
        if about:
            ids = tuple(str(row[key]) for row in books.rows(table, (key,), where=about).rows)
            found.append(Filter(dimension=key, operator="in", value=ids or ("",)))
    return tuple(found)


_Series = Mapping[str, Row]


def _totals(until: date, where: Sequence[Filter], books: Books) -> _Series:
    """Totals from the first forecast day until a day, by series."""
    names = ("series_id", "product_id", "store_id", "model_name", "evidence", "mean_units", "q10", "q90", "cutoff_date")
    target = Filter(dimension="target_date", operator="=", value=until)
    return {str(row["series_id"]): row for row in books.rows(_TOTALS, names, where=(*where, target)).rows}


def _rows(days: _Days, totals: _Series, earlier: _Series, where: Sequence[Filter], books: Books) -> list[Row]:
    """A row per series: expected units of the days asked for; low and high of them, or of the longer stretch."""
    products = _labels(books, totals)
    stores = common.by_id(books, "dim_stores", "store_id", "store")
    daily = _of_day(days.first, where, books) if days.is_one_day and days.first != days.begins else {}
    rows: list[Row] = []
    for series, row in totals.items():
        before = as_float(earlier[series]["mean_units"]) if series in earlier else 0.0
        interval = daily.get(series, row)
        rows.append(
            {
                "product": products.get(str(row["product_id"])),
                "store": stores.get(str(row["store_id"])),
                "expected": (as_float(row["mean_units"]) or 0) - (before or 0),
                "low": interval["q10"] if days.has_interval else None,
                "high": interval["q90"] if days.has_interval else None,
                "expected_until": row["mean_units"],
                "low_until": row["q10"],
                "high_until": row["q90"],
            }
        )
    return sorted(rows, key=lambda row: (-(as_float(row["expected"]) or 0), str(row["product"]), str(row["store"])))


def _of_day(day: date, where: Sequence[Filter], books: Books) -> _Series:
    """Intervals of a single day, by series."""
    target = Filter(dimension="target_date", operator="=", value=day)
    return {
        str(r["series_id"]): r for r in books.rows(_DAILY, ("series_id", "q10", "q90"), where=(*where, target)).rows
    }


def _labels(books: Books, totals: _Series) -> dict[str, str]:
    ids = tuple(sorted({str(row["product_id"]) for row in totals.values()}))
    where = (Filter(dimension="product_id", operator="in", value=ids),)
    return {
        str(r["product_id"]): str(r["product"])
        for r in books.rows("dim_products", ("product_id", "product"), where=where).rows
    }


def _describe(
    rows: list[Row], totals: _Series, days: _Days, reading: Reading, books: Books, speech: Speech
) -> Findings:
    if any(result.truncated for result in books.results):
        return common.nothing("forecast_too_wide", speech)
    expected = sum(as_float(row["expected"]) or 0 for row in rows)
    first, cut, facts = common.shown(rows, reading, speech)
    sentences = _intro(days, reading, books, speech)
    stretch = Period(name=_name(days), first=days.first, last=days.last)
    slots = {
        "units": speech.value(expected, "units"),
        "period": when(stretch, speech),
        "scope": scope(reading.where, speech),
    }
    if len(rows) == 1:
        names = {"product": speech.text(rows[0]["product"]), "store": speech.text(rows[0]["store"])}
        sentences.append(speech.say("lookup.forecast_one", **names, units=slots["units"], period=slots["period"]))
        sentences.append(_interval(rows[0], days, speech))
    else:
        sentences.append(speech.say("lookup.forecast_all", count=speech.number(len(rows)), **slots))
        sentences.append(speech.say("lookup.no_sum_of_intervals"))
    return Findings(
        text=" ".join([*sentences, *cut]),
        columns=_columns(first, days, speech),
        rows=[{name: row[name] for name in _names(first, days)} for row in first],
        chart=Chart.INTERVAL,
        facts=(*facts, expected, len(rows), _CHANCE, *_days_and_years(days)),
        assumptions=_assumptions(totals, days, speech),
        page=PageLink("forecast"),
    )


def _days_and_years(days: _Days) -> tuple[float, ...]:
    """Numbers of the dates that the text says."""
    return tuple(float(n) for day in (days.first, days.last, days.begins, days.reaches) for n in (day.day, day.year))


def _name(days: _Days) -> str:
    """The period keeps its name where every day of it is forecast."""
    return days.asked.name if (days.first, days.last) == (days.asked.first, days.asked.last) else "custom"


def _intro(days: _Days, reading: Reading, books: Books, speech: Speech) -> list[str]:
    """What is asked for and cannot be told: money, and days beyond the forecast."""
    sentences = []
    money = [name for name in reading.metrics if books.catalogue.metric(name).unit == "currency"]
    if money:
        metrics = speech.list([speech.metric(name) for name in money])
        sentences.append(speech.say("lookup.units_only", metrics=metrics))
    if days.last < (days.asked.ends or days.asked.last):
        dates = speech.period(days.asked)
        sentences.append(speech.say("lookup.reaches", last=speech.day(days.reaches), period=dates))
    return sentences


def _interval(row: Row, days: _Days, speech: Speech) -> str:
    chance = speech.percent(_CHANCE, 0)
    if days.has_interval:
        low, high = speech.value(row["low"], "units"), speech.value(row["high"], "units")
        return speech.say("lookup.interval", low=low, high=high, chance=chance)
    return speech.say(
        "lookup.interval_until",
        dates=speech.span(days.begins, days.last),
        units=speech.value(row["expected_until"], "units"),
        low=speech.value(row["low_until"], "units"),
        high=speech.value(row["high_until"], "units"),
        chance=chance,
    )


def _names(rows: Sequence[Row], days: _Days) -> tuple[str, ...]:
    """Columns of the table: what tells the rows apart comes first."""
    one_product = len({row["product"] for row in rows}) == 1
    things = ("store", "product") if one_product and len(rows) > 1 else ("product", "store")
    if days.has_interval:
        return (*things, "low", "expected", "high")
    return (*things, "expected", "low_until", "expected_until", "high_until")


def _columns(rows: Sequence[Row], days: _Days, speech: Speech) -> tuple[Column, ...]:
    names = _names(rows, days)
    units = {name: "units" for name in names if name not in {"product", "store"}}
    return common.columns(names, speech, **units)


def _assumptions(totals: _Series, days: _Days, speech: Speech) -> tuple[str, ...]:
    models = Counter(str(row["model_name"]) for row in totals.values())
    model = models.most_common(1)[0][0]
    named = in_words(model) if speech.language == "en" else model
    found = [speech.say("lookup.model", model=named, cutoff=speech.day(days.begins - timedelta(days=1)))]
    thin = sum(1 for row in totals.values() if row["evidence"] != "ok")
    if thin:
        found.append(speech.say("lookup.thin", count=speech.number(thin), total=speech.number(len(totals))))
    return tuple(found)
