"""The harness over the small demo: the six questions, asked in many ways, against its raw files."""

from __future__ import annotations

from collections import Counter

import pytest

from cli.main import main
from evals.question import load
from evals.run import run
from evals.score import Outcome
from retail.settings import Settings
from retail.workspace import Workspace


@pytest.mark.slow
def test_headline_questions_are_answered_right_from_other_data_on_another_day(small_workspace: Workspace) -> None:
    questions = load("open", "headline")
    settings = Settings(home=small_workspace.root.parent)
    judged = run(questions, {"demo-sample": small_workspace}, settings, "local", lambda *_: None)
    wrong = [(item.question.turns, item.verdict.why) for item in judged if item.verdict.outcome is Outcome.SILENT_WRONG]
    assert not wrong
    assert Counter(item.verdict.outcome for item in judged)[Outcome.RIGHT] >= 0.95 * len(judged)


def test_a_suite_that_is_none_is_named_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["eval", "--suite", "horoscopes"])
    assert left.value.code == 2
    assert "headline" in capsys.readouterr().err
