"""A real small model. It is 1.1 GB and slow on a processor, so it is asked only where somebody wants it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from app.assistant.local import LocalPlanner
from app.assistant.model import ModelPlanner
from app.assistant.question import read
from app.assistant.reading import Kind
from evals.small_model import Unavailable, served
from retail.settings import Settings
from tests.assistant.model.conftest import books_for

WANTED = "EVALS_SMALL_MODEL"
IS_WANTED = os.environ.get(WANTED) == "1"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not IS_WANTED, reason=f"downloads a model of 1.1 GB; set {WANTED}=1"),
]


@pytest.fixture(scope="module")
def planner() -> Iterator[ModelPlanner]:
    try:
        with served() as address:
            yield ModelPlanner(Settings(assistant_url=address, assistant_timeout_seconds=300), LocalPlanner())
    except Unavailable as error:
        pytest.skip(f"the model cannot be had here: {error}")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Which items may run out?", Kind.STOCKOUT),
        ("Why did revenue drop yesterday?", Kind.DRIVERS),
        ("What should I reorder?", Kind.REORDER),
        ("Summarise today", Kind.DIGEST),
        ("revenue by store last month", Kind.METRIC),
    ],
)
def test_a_small_model_reads_a_plain_question_as_the_local_planner_does(
    planner: ModelPlanner, question: str, kind: Kind
) -> None:
    found = planner.plan(read(question), books_for(), None, None)
    assert (found.reading.kind, found.planner) == (kind, "model")


def test_a_small_model_explains_a_word_that_the_lexicon_does_not_know(planner: ModelPlanner) -> None:
    found = planner.plan(read("how many tickets did lakeview hawk yesterday"), books_for(), None, None)
    assert found.reading.kind in {Kind.METRIC, Kind.CLARIFY, Kind.REFUSE}
    if found.reading.kind is Kind.METRIC:
        assert [item.value for item in found.reading.where] == ["Lakeview"]
