"""How many customers bought, and how many of them were new or came back. Never who they are."""

from __future__ import annotations

from app.assistant.local.hold import Attempt, Context, Hold
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Kind, Reading, Topic

_STORES = {"store", "store_code", "store_id"}


def read(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question that counts customers."""
    hold = Hold(sheet, context)
    is_new, is_returning = bool(sheet.cue("new")), bool(sheet.cue("returning"))
    named = {mention.name for mention in sheet.metrics}
    if named - {"customers"} or (is_new and is_returning):
        return None
    if not named or not (is_new or is_returning or sheet.cue("how_many")):
        return None
    hold.metrics()
    hold.cue("new", "returning", "how_many", "take", "buy", "sell")
    where = hold.where()
    if any(item.dimension not in _STORES for item in where):
        return None
    by = hold.splits("by", "which")
    if set(by) - _STORES or (by and not (is_new or is_returning)):
        return None
    topic = Topic.NEW if is_new else Topic.RETURNING if is_returning else Topic.COUNT
    return hold.attempt(Reading(kind=Kind.CUSTOMERS, topic=topic, by=by, where=where, period=hold.past()))
