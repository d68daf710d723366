"""The questions as files: enough of them, of every sort, each with a gold that means something."""

from __future__ import annotations

from collections import Counter

import pytest

from evals.checks import CHECKS, check_of
from evals.gold.periods import spans
from evals.question import Question, load, suites
from tests.evals.test_gold import THURSDAY

SUITES = {
    "headline", "metrics", "dates", "comparisons", "drivers", "stock", "reorder", "slow_movers", "customers", "lookup",
    "follow_ups", "typos", "cannot", "german", "complete_journey",
}  # fmt: skip
SECOND = {"headline_second", "wide_second"}
"""A second development set, all of it open: it counts neither for the halves nor for the quarter."""
THIRD = {"headline_third", "wide_third"}
"""A last blind test, all of it held out: it does not count for them either."""


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return load()


@pytest.fixture(scope="module")
def first(questions: list[Question]) -> list[Question]:
    return [question for question in questions if question.suite not in SECOND | THIRD]


def test_there_are_enough_of_every_suite(questions: list[Question]) -> None:
    assert set(suites()) == SUITES | SECOND | THIRD
    assert len(questions) >= 400
    assert min(Counter(question.suite for question in questions).values()) >= 10


def test_every_question_has_a_name_of_its_own(questions: list[Question]) -> None:
    assert len({(question.part, question.name) for question in questions}) == len(questions)


def test_about_half_are_held_out(first: list[Question]) -> None:
    parts = Counter(question.part for question in first)
    assert 0.4 < parts["held-out"] / len(first) < 0.6


def test_a_quarter_cannot_or_must_not_be_answered(first: list[Question]) -> None:
    assert sum(not question.is_answerable for question in first) >= len(first) / 4


def test_each_headline_question_has_twenty_paraphrases(questions: list[Question]) -> None:
    groups = Counter(question.name.split("/")[1] for question in questions if question.suite == "headline")
    assert len(groups) == 6
    assert min(groups.values()) >= 20


def test_no_question_is_in_both_parts(questions: list[Question]) -> None:
    asked = {part: {_said(item) for item in questions if item.part == part} for part in ("open", "held-out")}
    shared = len(asked["open"] & asked["held-out"])
    assert shared == 0  # only the number: what is held out stays out of reports


def test_every_answerable_question_has_a_gold_that_can_be_checked(questions: list[Question]) -> None:
    for question in questions:
        assert bool(question.gold) or not question.is_answerable, question.name
        for gold in question.gold:
            check = check_of(gold, question.kinds)
            assert check in CHECKS, question.name
            assert gold.measure or check not in {"table", "comparison", "drivers"}, question.name
            for span in gold.spans:
                assert spans(span, THURSDAY)


def _said(question: Question) -> tuple[object, ...]:
    return (tuple(turn.casefold() for turn in question.turns), question.workspace, question.asker)
