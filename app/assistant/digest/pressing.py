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

_RATE: Final = "mean_daily_units"
_OF_STOCK: Final = ("out", "running_out", "low")
_OTHERS: Final = ("drafts", "late", "quarantined", "differing", "old")
_IS_NOW: Final = timedelta(days=7)
"""How long ago a period may have ended for what is so now to belong to its digest."""


def needs(task: Task) -> list[str]:
    """What needs somebody now, one sentence on stock and one on the rest; nothing for a period that is long over."""
    if task.books.today - task.span.period.last > _IS_NOW:
        return []
    found = {alert.kind: alert for alert in alerts.find(task.reading, task.books, task.speech)}
    if not found:
        return [task.speech.say("digest.nothing")] if task.books.knows(_RATE) else []
    groups = ([found[kind] for kind in kinds if kind in found] for kinds in (_OF_STOCK, _OTHERS))
    return [_together(task, group) for group in groups if group]


def _together(task: Task, found: list[Alert]) -> str:
    return capital(task.speech.say("digest.together", items="; ".join(_said(task, alert) for alert in found)))


def _said(task: Task, alert: Alert) -> str:
    speech = task.speech
    return speech.say(
        f"digest.{alert.kind}",
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
            ("history", books.has_stock and _RATE in books.catalogue.unknown),
            ("margin", "gross_margin" in books.catalogue.unknown),
            ("deliveries", not books.holds(PURCHASE_LINES)),
            ("drafts", not books.holds(REORDER_DRAFTS)),
        )
        if is_missing
    ]
    return [speech.say("digest.left_out", what=speech.either(missing))] if missing else []
