"""What answers from planning suggest to ask next is understood, in every language."""

from __future__ import annotations

import pytest

from app.assistant import languages, question
from app.assistant.books import Books
from app.assistant.local import LocalPlanner
from app.assistant.reading import Kind, Topic
from retail.principal import LOCAL
from retail.settings import Settings

MEANT = {
    "stockout.ask_risk": (Kind.STOCKOUT, Topic.RISK),
    "stockout.ask_out_now": (Kind.STOCKOUT, Topic.OUT_NOW),
    "stockout.ask_reorder": (Kind.REORDER, None),
    "reorder.ask_risk": (Kind.STOCKOUT, Topic.RISK),
    "reorder.ask_suppliers": (Kind.REORDER, None),
    "slow_movers.ask_slow": (Kind.SLOW_MOVERS, Topic.SLOW),
    "slow_movers.ask_unsold": (Kind.SLOW_MOVERS, Topic.UNSOLD),
    "planning.ask_best": (Kind.METRIC, None),
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("key", MEANT)
def test_a_suggestion_is_read_as_it_is_meant(small_metrics, small_workspace, key: str, language: str) -> None:
    books = Books(small_metrics, LOCAL, small_workspace, Settings())
    planned = LocalPlanner().plan(question.read(languages.texts(language)[key]), books, None, language)
    assert (planned.reading.kind, planned.reading.topic) == MEANT[key]
    assert planned.language == language
