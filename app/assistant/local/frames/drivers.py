"""Why something changed."""

from __future__ import annotations

from typing import Literal

from app.assistant import dates
from app.assistant.local.frames.compare import both, changes
from app.assistant.local.hold import Attempt, Context, Hold
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Kind, Period, Reading
from metrics.catalogue import GRAINS


def read(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for reasons. Without a period it is not complete: nobody knows which change is meant."""
    hold = Hold(sheet, context)
    if not hold.cue("why") and not _tells_a_change(hold):
        return None
    hold.cue("change", "difference", "sell", "take", "compare", "versus", "how_much")
    where = hold.where()
    hold.fillers()
    metrics = hold.metrics() or _standing(hold)
    if hold.cue("it") and context.previous is not None:
        metrics = metrics or context.previous.metrics
    direction = _direction(hold)
    periods = _periods(hold)
    if direction is not None:
        _take_day(hold)
    if len(metrics) != 1 or periods is None:
        return None
    reading = Reading(
        kind=Kind.DRIVERS,
        metrics=metrics,
        where=where,
        period=periods[0],
        compare_with=periods[1],
        direction=direction,
    )
    return hold.attempt(reading)


def _tells_a_change(hold: Hold) -> bool:
    """Whether it is told that something changed and asked what happened: "what happened, sales dropped yesterday"."""
    sheet = hold.sheet
    if not (sheet.cue("happened") and sheet.metrics and (sheet.cue("down") or sheet.cue("up"))):
        return False
    hold.cue("it", "or")
    return hold.cue("happened", "summarise")


def _take_day(hold: Hold) -> None:
    """Take "day" and "week" where they repeat the period: "why was yesterday a bad day"."""
    for split in hold.bare():
        if split.name in GRAINS:
            hold.take(split.uses)


def _standing(hold: Hold) -> tuple[str, ...]:
    """What is meant where no metric is named: "why was yesterday so bad"."""
    if hold.sheet.cue("it"):
        return ()
    hold.assume("net_sales")
    return ("net_sales",)


def _direction(hold: Hold) -> Literal["down", "up"] | None:
    down = hold.cue("down", "less", "worst", "poorly")
    up = hold.cue("up", "more", "best", "well")
    for rank in hold.sheet.ranks:
        hold.take(rank.uses)
    if down and up:
        return None
    return "down" if down else "up" if up else None


def _periods(hold: Hold) -> tuple[Period, Period] | None:
    named = hold.sheet.periods
    if len(named) != 1 or named[0].span.relative is not None or (named[0].span.parts and changes(hold.sheet)):
        return both(hold)
    mention = hold.period()
    if mention is None or mention.span.is_future or mention.span.period is None:
        return None
    return mention.span.period, dates.previous(mention.span.period)
