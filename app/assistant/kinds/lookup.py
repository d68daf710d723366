"""A fact about one thing, such as a price, a supplier, a forecast or what a metric means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.lookups import business, coming, forecast, lead_times, overdue, products
from app.assistant.reading import Reading, Topic
from app.assistant.speech import Speech

_TOPICS: Final[Mapping[Topic, Callable[[Reading, Books, Speech], Findings]]] = {
    Topic.PRICE: products.price,
    Topic.SUPPLIER: products.supplier,
    Topic.LEAD_TIME: lead_times.answer,
    Topic.FORECAST: forecast.answer,
    Topic.PROMOTIONS: coming.promotions,
    Topic.DELIVERIES: coming.deliveries,
    Topic.OVERDUE: overdue.answer,
    Topic.DEFINITION: business.definition,
    Topic.FRESHNESS: business.freshness,
    Topic.STORES: business.stores,
    Topic.ABILITIES: business.abilities,
}


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Look the fact up; without a topic, say what can be asked."""
    return _TOPICS.get(reading.topic or Topic.ABILITIES, business.abilities)(reading, books, speech)
