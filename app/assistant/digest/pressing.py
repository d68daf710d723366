"""What a digest says of now: what needs somebody, and what no source tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app import good_sellers
from app.assistant.books import Books
from app.assistant.digest import alerts
from app.assistant.digest.alerts import PURCHASE_LINES, Alert
from app.assistant.digest.sentences import Task
from app.assistant.speech import Speech, capital
from forecasting.replenishment.tables import REORDER_DRAFTS

_IS_NOW: Final = timedelta(days=7)
"""How long ago a period may have ended for what is so now to belong to its digest."""


def needs(task: Task) -> list[str]:
    """What needs somebody now, two to a sentence; nothing for a period that is long over."""
    if task.books.today - task.span.period.last > _IS_NOW:
        return []
    found = {alert.kind: alert for alert in alerts.find(task.reading, task.books, task.speech)}
    if not found:
        return [task.speech.say("digest.nothing")] if task.books.has_stock else []
    alone = [_said(task, found["running_out"])] if "running_out" in found else []
    pairs = (("out", "low"), ("drafts", "late"), ("quarantined", "differing"), ("old",))
    joined = [_joined(task, [found[kind] for kind in kinds if kind in found]) for kinds in pairs]
    return [joined[0], *alone, *joined[1:]] if joined[0] else [*alone, *joined[1:]]


def _joined(task: Task, found: list[Alert]) -> str:
    if not found:
        return ""
    said = [_said(task, alert, is_first=not number) for number, alert in enumerate(found)]
    if len(said) == 1:
        return task.speech.say("digest.alone", first=capital(said[0]))
    return task.speech.say("digest.joined", first=capital(said[0]), second=said[1])


def _said(task: Task, alert: Alert, *, is_first: bool = True) -> str:
    speech = task.speech
    key = "low_only" if alert.kind == "low" and is_first else alert.kind
    return speech.say(
        f"digest.{key}",
        count=speech.number(task.fact(alert.count)),
        product=speech.cell("product", alert.product),
        store=speech.cell("store", alert.store),
        days=speech.number(task.fact(good_sellers.LOW_COVER_DAYS)),
    )


def left_out(books: Books, speech: Speech) -> list[str]:
    """One sentence on everything that no source tells."""
    missing = [
        speech.say(f"digest.missing_{name}")
        for name, is_missing in (
            ("stock", not books.has_stock),
            ("margin", "gross_margin" in books.catalogue.unknown),
            ("deliveries", not books.holds(PURCHASE_LINES)),
            ("drafts", not books.holds(REORDER_DRAFTS)),
        )
        if is_missing
    ]
    return [speech.say("digest.left_out", what=speech.either(missing))] if missing else []
