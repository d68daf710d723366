"""A day or a week in a few sentences."""

from __future__ import annotations

from app.assistant.local.hold import Attempt, Context, Hold
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Kind, Reading
from metrics.catalogue import GRAINS


def read(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for a summary; today's where no day is named."""
    hold = Hold(sheet, context)
    if sheet.cue("summarise_day"):
        hold.cue("summarise_day", "summarise")
    elif not hold.cue("summarise") and not _judges(hold):
        return None
    hold.cue("show", "what", "now")
    for split in sheet.splits:
        if split.how == "by" and split.name in {"day", "week"}:
            hold.take(split.uses)
    period = hold.past(_unnamed(hold))
    if period is None:
        return None
    where = hold.where()
    hold.fillers()
    for mention in sheet.metrics:
        if mention.name == "net_sales" and sheet.cue("summarise_day"):
            hold.take(mention.uses)
    return hold.attempt(Reading(kind=Kind.DIGEST, where=where, period=period))


def _judges(hold: Hold) -> bool:
    """Whether it is asked how good a day or a week is: "was today a good day"."""
    sheet = hold.sheet
    grains = [split for split in hold.bare() if split.name in {"day", "week"}]
    if len(sheet.periods) != 1 or len(grains) != 1 or sheet.metrics or not hold.cue("well", "poorly"):
        return False
    hold.take(grains[0].uses)
    return True


def _unnamed(hold: Hold) -> str:
    """The period where none is named: "the week" is this one, and without a word it is today."""
    grains = [split for split in hold.bare() if split.name in GRAINS]
    if hold.sheet.periods or len(grains) != 1:
        return "today"
    hold.take(grains[0].uses)
    return "today" if grains[0].name == "day" else f"this_{grains[0].name}"
