"""Two periods beside each other, or two or more things."""

from __future__ import annotations

from typing import Literal

from app.assistant import dates
from app.assistant.local import together
from app.assistant.local.hold import Attempt, Context, Hold, merged
from app.assistant.local.measures import chosen_metrics
from app.assistant.local.sheet import PeriodMention, Sheet
from app.assistant.reading import Derived, Kind, Period, Reading
from metrics import Filter

_CHANGED = ("compare", "versus", "difference", "up", "down", "more", "less", "how_did")
_CHANGE = (Derived.DELTA, Derived.RATIO)


def read(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question that compares."""
    hold = Hold(sheet, context)
    if not _compares(sheet):
        return None
    if _is_with_a_thing(sheet):
        return None
    rank = hold.rank()
    where = hold.where()
    hold.fillers()
    splits = hold.splits("by", "which")
    if rank is not None and not splits and len(hold.bare()) == 1:
        splits = hold.splits("bare")
    metrics = chosen_metrics(hold, None, where, bool(splits))
    if not metrics:
        hold.cue("summarise")
        hold.assume("net_sales")
        metrics = ("net_sales",)
    if len(sheet.periods) == 1 and (values := _several(where)) is not None and sheet.periods[0].span.relative is None:
        return _things(hold, metrics, splits, where, values)
    if not sheet.periods and (values := _several(where)) is not None:
        return _things(hold, metrics, splits, where, values)
    periods = _lately(hold, splits) if not sheet.periods else both(hold)
    if periods is None:
        return None
    is_each = bool(splits) and rank is None and all(split.how == "by" for split in sheet.splits)
    direction = None if is_each else _direction(hold)
    if rank is not None and not splits:
        hold.uses -= rank.uses
    hold.cue(*_CHANGED, "trend")
    reading = Reading(
        kind=Kind.COMPARE,
        metrics=metrics,
        by=splits,
        where=where,
        period=periods[0],
        compare_with=periods[1],
        derived=_CHANGE,
        order=None if rank is None or not splits or direction else rank.order,
        limit=None if rank is None or not splits else rank.limit or 10,
        direction=direction,
    )
    return hold.attempt(reading)


def _is_with_a_thing(sheet: Sheet) -> bool:
    """Whether "with" stands before a thing and no period, and nothing else compares: "paid with cards"."""
    if (
        len(sheet.periods) != 1
        or _several_named(sheet)
        or any(sheet.cue(name) for name in _CHANGED if name != "versus")
    ):
        return False
    following = [sheet.after(at) for at, _ in sheet.cue("versus")]
    return sheet.periods[0].span.relative is None and sheet.periods[0].at not in following


def _several_named(sheet: Sheet) -> bool:
    return _several(merged(sheet.filters)) is not None


def changes(sheet: Sheet) -> bool:
    """Whether something is said to go up, go down or change."""
    return any(sheet.cue(name) for name in ("up", "down", "difference"))


def _lately(hold: Hold, splits: tuple[str, ...]) -> tuple[Period, Period] | None:
    """The last weeks and those before them, for rows that changed most where no period is said."""
    if not splits or not hold.sheet.ranks or _direction(hold) is None:
        return None
    hold.assume("last_28_days")
    period = hold.context.named("last_28_days")
    return period, dates.previous(period)


def _compares(sheet: Sheet) -> bool:
    """Whether a change or a comparison is asked for. Two periods side by side alone are none: "May and June"."""
    dated = sheet.periods
    if sheet.strong(*_CHANGED) or any(item.span.relative is not None for item in dated):
        return sheet.strong(*_CHANGED) or not together.is_joined(sheet)
    if len(dated) == 2:
        if dated[1].at - dated[0].at == 2 and sheet.pieces[dated[0].at + 1].has("against"):
            return True
        return any(dated[0].at < at < dated[1].at for at, _ in sheet.cue("versus") | sheet.cue("or"))
    return False


def _direction(hold: Hold) -> Literal["down", "up"] | None:
    """Which way rows have to have gone, where that is asked: "which products fell most"."""
    sheet = hold.sheet
    down, up = bool(sheet.cue("down")), bool(sheet.cue("up"))
    if not (down or up) and any(split.how == "which" for split in sheet.splits):
        down, up = bool(sheet.cue("less")), bool(sheet.cue("more"))
    if hold.cue("growth") and not down:
        return "down" if any(rank.order == "smallest" for rank in hold.sheet.ranks) else "up"
    return None if down == up else "down" if down else "up"


def _several(where: tuple[Filter, ...]) -> str | None:
    """The one dimension that two or more things of are named."""
    found = [item.dimension for item in where if item.operator == "in"]
    return found[0] if len(found) == 1 else None


def _things(
    hold: Hold, metrics: tuple[str, ...], splits: tuple[str, ...], where: tuple[Filter, ...], dimension: str
) -> Attempt | None:
    if not hold.cue("compare", "versus", "difference", "more", "less", "or", "better"):
        return None
    hold.cue("sell", "who", "which", "what", "have", "compare_more")
    known = all(hold.context.catalogue.metrics[name].kind == "now" for name in metrics)
    period = None if known else hold.past()
    reading = Reading(
        kind=Kind.COMPARE,
        metrics=metrics,
        by=tuple(dict.fromkeys((dimension, *splits))),
        where=where,
        period=period,
        derived=_CHANGE,
    )
    return hold.attempt(reading)


def both(hold: Hold) -> tuple[Period, Period] | None:
    """The period of a comparison and the other one.

    Two that are named, in their order, but "than last week" goes second; one beside "the week before"; one that is
    compared with what a manager would; or, of one after "than" alone, the same sort of period that goes on now.
    """
    named = [item for item in hold.sheet.periods if item.span.problem is None]
    if len(named) != len(hold.sheet.periods) or any(item.span.is_future for item in named):
        return None
    for item in named:
        hold.take(item.uses)
    match named:
        case [first, second]:
            return _two(first, second)
        case [only]:
            return _one(hold, only)
        case []:
            return None
        case _:
            return None


def _two(first: PeriodMention, second: PeriodMention) -> tuple[Period, Period] | None:
    if first.span.relative is not None and second.span.relative is None:
        first, second = second, first
    base = first.span.period
    if base is None:
        return None
    if second.span.period is not None and second.span.period.name == f"last_{base.name.removeprefix('this_')}":
        return base, second.span.period
    other = dates.beside(base, second.span)
    return None if other is None else (base, other)


def _one(hold: Hold, only: PeriodMention) -> tuple[Period, Period] | None:
    period = only.span.period
    if only.span.relative is not None and period is None:
        base = hold.context.named("last_28_days")
        hold.assume("last_28_days")
        return base, dates.other_side(base, only.span.relative)
    if period is None:
        return None
    if only.span.parts and (changes(hold.sheet) or hold.sheet.cue("compare")):
        return only.span.parts[-1], only.span.parts[0]
    if current := _current(hold, only):
        now = hold.context.named(current)
        hold.assume(current)
        if only.span.relative == "year_before":
            return now, dates.year_before(now)
        return now, period
    return period, dates.previous(period)


_CURRENT = {
    "yesterday": "today",
    "same_weekday_last_week": "today",
    "last_week": "this_week",
    "last_month": "this_month",
    "last_quarter": "this_quarter",
    "last_year": "this_year",
}


def _current(hold: Hold, only: PeriodMention) -> str | None:
    """The period of now that one after "than" or "on" is held against: "up on last week" is about this week."""
    assert only.span.period is not None
    name = _CURRENT.get(only.span.period.name)
    marker = only.at - 1
    while marker >= 0 and hold.sheet.pieces[marker].is_harmless and not hold.sheet.pieces[marker].has("against"):
        marker -= 1
    if marker < 0 or name is None:
        return None
    piece = hold.sheet.pieces[marker]
    is_against = piece.has("cue:versus") or piece.has("against") or only.span.relative is not None
    return name if is_against else None
