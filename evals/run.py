"""Ask every question in one process, as the command line would, and judge what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from app.assistant.answer import Answer
from app.assistant.assistant import Assistant, PlannerName
from app.assistant.reading import Kind, Reading
from evals.gold.truth import Truth
from evals.question import Question
from evals.score import Outcome, Verdict, judge
from evals.seen import Seen
from retail.errors import TillsightError
from retail.principal import Principal
from retail.settings import Settings
from retail.workspace import Workspace

_WARM_UP: Final = "net sales yesterday"
_NO_ANSWER: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})
"""A follow-up goes on from the last question that had an answer."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and what came of it.

    Attributes:
        question: The question.
        verdict: Whether it is right.
        kind: Kind of the answer; empty where there was none.
        planner: Who read it.
        latency_ms: From the question to the answer, of the last turn; none where it failed.
    """

    question: Question
    verdict: Verdict
    kind: str
    planner: str
    latency_ms: float | None


class Bench:
    """One workspace with its truth and its assistant. The truth is read first: it lets the published file go again."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self._workspace = workspace
        self._settings = settings
        self.truth = Truth(workspace.root)

    @cached_property
    def assistant(self) -> Assistant:
        """The assistant, warm."""
        found = Assistant.open(self._workspace, self._settings)
        found.ask(_WARM_UP, planner="local")
        return found

    def judged(self, question: Question, planner: PlannerName) -> Judged:
        """Ask a question, turn by turn, and judge the last answer."""
        try:
            answer = self._asked(question, planner)
        except TillsightError as error:
            return Judged(question, Verdict(Outcome.FAILED, f"{type(error).__name__}: {error}"), "", planner, None)
        verdict = judge(question, self._seen(question, answer), self.truth)
        return Judged(question, verdict, str(answer.kind), answer.planner, answer.latency_ms)

    def _asked(self, question: Question, planner: PlannerName) -> Answer:
        asker = Principal("evals", question.asker.role, question.asker.stores)
        previous: Reading | None = None
        language: str | None = None
        for turn in question.turns:
            answer = self.assistant.ask(turn, asker, planner=planner, previous=previous, language=language)
            language = answer.language
            previous = previous if answer.kind in _NO_ANSWER else answer.reading
        return answer

    def _seen(self, question: Question, answer: Answer) -> Seen:
        labels = self.truth.labels
        scope = frozenset(labels[store] for store in question.asker.stores)
        return Seen(answer.document(), answer.findings.facts, labels, scope)


def run(
    questions: Sequence[Question],
    workspaces: Mapping[str, Workspace],
    settings: Settings,
    planner: PlannerName,
    progress: Progress,
) -> list[Judged]:
    """Ask and judge questions, workspace by workspace.

    Args:
        questions: What to ask.
        workspaces: The workspace for each demo that a question is about.
        settings: Settings of the process.
        planner: Who reads the questions.
        progress: Told the number done, the number of all, and the name of the question.
    """
    found: list[Judged] = []
    for name in dict.fromkeys(question.workspace for question in questions):
        bench = Bench(workspaces[name], settings)
        for question in (item for item in questions if item.workspace == name):
            progress(len(found), len(questions), question.name)
            found.append(bench.judged(question, planner))
        bench.assistant.metrics.close()
    return found
