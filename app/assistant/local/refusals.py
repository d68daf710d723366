"""What is never answered, told by words: things to be done, people, secrets, and what no source holds."""

from __future__ import annotations

from typing import Final

from app.assistant.local.naming import PRODUCT_LIKE
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Refusal

_ALWAYS: Final = (("secret", Refusal.SECRET), ("personal", Refusal.PERSONAL))
_AFTERWARDS: Final = (
    ("what_if", Refusal.UNSUPPORTED),
    ("missing", Refusal.MISSING),
    ("outside", Refusal.OUTSIDE),
    ("unsupported", Refusal.UNSUPPORTED),
)


def at_once(sheet: Sheet) -> Refusal | None:
    """Why a question is refused whatever else it says."""
    for cue, refusal in _ALWAYS:
        if sheet.cue(cue):
            return refusal
    return Refusal.ACTION if _asks_to_act(sheet) else None


def afterwards(sheet: Sheet) -> Refusal | None:
    """Why a question is refused that no reading holds."""
    asks = sheet.strong("what_if", "why", "how_many") or any(split.how == "which" for split in sheet.splits)
    known = next((refusal for cue, refusal in _AFTERWARDS if sheet.cue(cue)), None)
    if sheet.cue("write"):
        return (known or Refusal.UNSUPPORTED) if asks else Refusal.ACTION
    looks_ahead = any(item.span.is_future for item in sheet.periods)
    is_known = not any(piece.is_unknown for piece in sheet.pieces)
    return Refusal.UNSUPPORTED if known is None and looks_ahead and sheet.metrics and is_known else known


def is_sql(sheet: Sheet) -> bool:
    """Whether it begins like a statement: "select ... from", or any that changes something."""
    if not sheet.pieces:
        return False
    first = sheet.pieces[0]
    return first.has("cue:sql")


def _asks_to_act(sheet: Sheet) -> bool:
    """Whether it begins with something to be done: "change the price", "order 500 bananas", "please approve it"."""
    start = next((at for at, piece in enumerate(sheet.pieces) if not _is_prelude(sheet, at)), None)
    if start is None:
        return False
    piece = sheet.pieces[start]
    if piece.has("cue:write"):
        return True
    return piece.has("cue:order_verb") and _has_object(sheet, start)


def _is_prelude(sheet: Sheet, at: int) -> bool:
    piece = sheet.pieces[at]
    return piece.is_harmless or piece.has("and") or (piece.has("cue:may") and not piece.has("cue:reorder"))


def _has_object(sheet: Sheet, start: int) -> bool:
    """Whether what is to be ordered is named: an amount, or a thing."""
    rest = sheet.pieces[start + 1 :]
    if any(piece.number is not None and not piece.has("period") for piece in rest):
        return True
    following = next((piece for piece in rest if not piece.is_harmless), None)
    if following is not None and following.has("cue:where"):
        return True
    if following is None or following.value is None:
        return following is not None and following.is_unknown
    return any(match.dimension in PRODUCT_LIKE for match in following.value.matches)
