"""A report counts what happened, and never tells what a held-out question says."""

from __future__ import annotations

import json

import pytest

from evals.question import Asker, Question
from evals.report import document, table
from evals.run import Judged
from evals.score import Outcome, Verdict


def _judged(outcome: Outcome, part: str = "open", expect: str = "answer", latency: float | None = 100.0) -> Judged:
    question = Question(
        name="stock/secret-group/1", suite="stock", part=part, workspace="w", turns=("Secret words?",), asker=Asker(),
        expect=expect, kinds=("metric",), gold=(),
    )  # fmt: skip
    return Judged(question, Verdict(outcome, "value: secret number"), "metric", "local", latency)


def test_shares_are_over_what_they_say() -> None:
    judged = [
        *[_judged(Outcome.RIGHT)] * 6,
        _judged(Outcome.SILENT_WRONG),
        _judged(Outcome.CLARIFIED),
        _judged(Outcome.REFUSED_RIGHTLY, expect="refuse"),
        _judged(Outcome.SILENT_WRONG, expect="refuse"),
    ]
    found = document(judged, "local")
    assert (found["questions"], found["answerable"], found["unanswerable"]) == (10, 8, 2)
    assert found["right_share"] == pytest.approx(6 / 8)
    assert found["silent_wrong_share"] == pytest.approx(2 / 10)
    assert found["declined_share"] == pytest.approx(1 / 2)
    assert "all" in " ".join(table(found))


def test_latency_is_told_by_kind_and_by_group_and_leaves_failures_out() -> None:
    judged = [_judged(Outcome.RIGHT, latency=float(ms)) for ms in range(1, 101)]
    found = document([*judged, _judged(Outcome.FAILED, latency=None)], "local")["latency_ms"]
    assert found["single_query"] == found["metric"] == {"p50": 50.5, "p95": 95.0, "answers": 100}
    assert "drivers_and_digest" not in found


def test_a_held_out_question_is_told_by_suite_and_sort_of_failure_alone() -> None:
    found = document([_judged(Outcome.SILENT_WRONG, part="held-out")], "local")
    assert found["failures"] == [
        {"suite": "stock", "part": "held-out", "outcome": "silent_wrong", "why": "value"},
    ]
    assert "secret" not in json.dumps(found).lower()


def test_an_open_failure_is_told_in_full() -> None:
    found = document([_judged(Outcome.SILENT_WRONG)], "local")["failures"][0]
    assert found["turns"] == ["Secret words?"]
    assert found["why"] == "value: secret number"
