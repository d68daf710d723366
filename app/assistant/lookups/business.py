"""Facts about the business and its data: metrics, how new the data are, stores, what can be asked."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from app.assistant import lacking
from app.assistant.books import Books
from app.assistant.findings import Findings, PageLink
from app.assistant.lookups import common
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from metrics.result import Row

_AREAS: Final = ("sales", "compare", "why", "stockout", "reorder", "slow", "customers", "forecast", "facts", "digest")
_NEED_STOCK: Final = frozenset({"stockout", "reorder", "slow"})
_NEED_FORECASTS: Final = frozenset({"forecast"})


def definition(reading: Reading, books: Books, speech: Speech) -> Findings:
    """What metrics mean, in the words of their definitions."""
    metrics = [books.catalogue.metric(name) for name in reading.metrics]
    if not metrics:
        return common.nothing("which_metric", speech)
    rows: list[Row] = [
        {"metric": speech.title(metric.name), "meaning": metric.description, "adds_up": metric.additivity}
        for metric in metrics
    ]
    sentences = [
        speech.say("lookup.definition", metric=speech.title(metric.name), meaning=metric.description.rstrip("."))
        for metric in metrics
    ]
    sentences += lacking.sentences(reading.metrics, books, speech)
    return Findings(
        text=" ".join(sentences),
        columns=common.columns(("metric", "meaning", "adds_up"), speech),
        rows=rows,
        metrics=reading.metrics,
    )


def freshness(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Which day counts as today, when the run was published and what was loaded when."""
    common.require(reading, books, speech, ())
    first, last = books.catalogue.first_date, books.catalogue.last_date
    zone = ZoneInfo(books.workspace.describe().default_time_zone)
    published, as_of = books.metrics.serving.run.published_at.astimezone(zone), books.now.astimezone(zone)
    moments = {"published": speech.moment(published), "as_of": speech.moment(as_of)}
    sentences = [speech.say("lookup.freshness", day=speech.day(books.today), **moments)]
    sentences.append(
        speech.say("lookup.no_sales")
        if first is None or last is None
        else speech.say("lookup.sales_from_to", first=speech.day(first), last=speech.day(last))
    )
    names = ("source", "table_name", "row_count", "last_at", "last_loaded_at")
    rows: list[Row] = []
    if books.principal.sees_every_store and books.holds("fct_data_health"):
        found = books.rows("fct_data_health", names, order_by=("source", "table_name")).rows
        rows = [row for row in found if row["row_count"]]
    return Findings(
        text=" ".join(sentences),
        columns=common.columns(names, speech, row_count="count") if rows else (),
        rows=rows,
        facts=(
            *(float(n) for at in (published, as_of) for n in (at.day, at.year, at.hour, at.minute)),
            *(float(n) for day in (first, last) if day is not None for n in (day.day, day.year)),
        ),
        page=PageLink("data-health"),
    )


def stores(reading: Reading, books: Books, speech: Speech) -> Findings:
    """The stores that the person sees."""
    missing = common.require(reading, books, speech, common.OF_STORES, "dim_stores")
    if missing:
        return Findings(missing)
    names = ("store", "store_code", "country", "time_zone", "opened_date", "closed_date")
    where = common.about(reading, common.OF_STORES)
    rows = books.rows("dim_stores", names, where=where, order_by=("store",)).rows
    listed = speech.list([speech.text(row["store"]) for row in rows[: common.MOST]])
    more = speech.say("lookup.and_more") if len(rows) > common.MOST else ""
    key = "one_store" if len(rows) == 1 else "stores"
    return Findings(
        text=speech.say(f"lookup.{key}", count=speech.number(len(rows)), names=listed, more=more),
        columns=common.columns(names, speech),
        rows=rows,
        facts=(len(rows),),
    )


def abilities(reading: Reading, books: Books, speech: Speech) -> Findings:
    """What can be asked, by area, with an example each."""
    common.require(reading, books, speech, ())
    left_out = (set() if books.has_stock else set(_NEED_STOCK)) | (
        set() if books.holds("fct_demand_totals") else set(_NEED_FORECASTS)
    )
    areas = [area for area in _AREAS if area not in left_out]
    rows: list[Row] = [
        {"area": speech.say(f"lookup.area_{area}"), "example": speech.say(f"lookup.example_{area}")} for area in areas
    ]
    known = [name for name in books.catalogue.metrics if books.knows(name)]
    text = speech.say(
        "lookup.abilities", areas=speech.list([str(row["area"]) for row in rows]), count=speech.number(len(known))
    )
    if left_out:
        text += " " + speech.say(
            "lookup.not_yet", areas=speech.list([speech.say(f"lookup.area_{a}") for a in _AREAS if a in left_out])
        )
    return Findings(
        text=text,
        columns=common.columns(("area", "example"), speech),
        rows=rows,
        facts=(len(known),),
        suggestions=tuple(str(row["example"]) for row in rows),
    )
