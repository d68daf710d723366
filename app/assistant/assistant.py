"""The road of a question: read, plan, answer, check. Whoever plans it, the numbers come from `metrics` alone."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Literal

from app.assistant import check, question, verified
from app.assistant.answer import Answer, Definition, Tier
from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.kinds import answerer
from app.assistant.local import LocalPlanner
from app.assistant.planner import Planned, Planner
from app.assistant.reading import Kind, Reading, Refusal
from app.assistant.speech import Speech
from metrics import Metrics
from retail.errors import QueryTimeout, Refused, UnusableRequest
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.workspace import Workspace

PlannerName = Literal["local", "model"]


class Assistant:
    """Answers questions about one workspace. Safe to share between threads; it keeps no conversation.

    Attributes:
        metrics: The published run that answers come from.
    """

    def __init__(self, metrics: Metrics, workspace: Workspace, settings: Settings) -> None:
        self.metrics = metrics
        self._workspace = workspace
        self._settings = settings
        self._local = LocalPlanner()
        self._model: Planner | None = None

    @classmethod
    def open(cls, workspace: Workspace, settings: Settings) -> Assistant:
        """Open the run that readers should use now.

        Raises:
            NothingPublished: The workspace has no published run.
        """
        return cls(Metrics.open(workspace, settings), workspace, settings)

    def ask(
        self,
        asked: str,
        principal: Principal = LOCAL,
        *,
        planner: PlannerName | None = None,
        previous: Reading | None = None,
        language: str | None = None,
    ) -> Answer:
        """Answer a question.

        Args:
            asked: The question as it was written.
            principal: Who asks.
            planner: Who reads it; by default the model where an endpoint is set, else the local planner.
            previous: How the question before it in the conversation was read.
            language: Language of the conversation so far.

        Raises:
            UnusableRequest: The question is empty or too long, or no endpoint is set for the model.
        """
        began = time.perf_counter()
        read = question.read(asked)
        books = self.books(principal)
        planned = self._plan(read, books, previous, language, planner)
        return self._compose(asked, planned, books, began)

    def answer(
        self,
        reading: Reading,
        principal: Principal = LOCAL,
        *,
        asked: str = "",
        language: str = "en",
        planned_by: str = "local",
    ) -> Answer:
        """Answer a reading that somebody chose, pinned or verified; `planned_by` had read the question."""
        began = time.perf_counter()
        return self._compose(asked, Planned(reading, language, planned_by), self.books(principal), began)

    def understand(self, asked: str, principal: Principal = LOCAL, previous: Reading | None = None) -> Planned:
        """How the local planner reads a question, alone or after another one, without an answer.

        Raises:
            UnusableRequest: The question is empty or too long.
        """
        return self._local.plan(question.read(asked), self.books(principal), previous, None)

    def books(self, principal: Principal = LOCAL) -> Books:
        """What the person sees of the run, for one question."""
        return Books(self.metrics, principal, self._workspace, self._settings)

    def _plan(
        self,
        read: question.Question,
        books: Books,
        previous: Reading | None,
        language: str | None,
        planner: PlannerName | None,
    ) -> Planned:
        if (found := verified.find(read, books, self._workspace)) is not None:
            return found
        wanted = planner or ("model" if self._settings.assistant_url else "local")
        chosen = self._model_planner() if wanted == "model" else self._local
        return chosen.plan(read, books, previous, language)

    def _model_planner(self) -> Planner:
        if self._model is None:
            from app.assistant.model import ModelPlanner

            self._model = ModelPlanner(self._settings, self._local)
        return self._model

    def _compose(self, asked: str, planned: Planned, books: Books, began: float) -> Answer:
        speech = Speech(planned.language, books.catalogue)
        reading, found = _find(planned.reading, books, speech)
        found = check.look_over(reading, found, books, speech)
        found, planned = self._worded(reading, found, planned, speech)
        shown = tuple(dict.fromkeys((*reading.metrics, *found.metrics)))
        definitions = [books.catalogue.metrics[name] for name in shown if name in books.catalogue.metrics]
        run = books.metrics.serving.run
        return Answer(
            question=question.one_line(asked),
            language=planned.language,
            reading=reading,
            tier=Tier.VERIFIED if planned.planner == "verified" else Tier.METRIC,
            planner=planned.planner,
            findings=found,
            sql=tuple(dict.fromkeys(result.sql for result in books.results)),
            definitions=tuple(Definition(m.name, m.label, m.description, m.unit) for m in definitions),
            lineage=tuple(dict.fromkeys((*books.tables, *(t for metric in definitions for t in metric.tables)))),
            as_of=books.today,
            published_at=run.published_at,
            run_id=run.run_id,
            warnings=tuple(dict.fromkeys((*found.warnings, *(w for r in books.results for w in r.warnings)))),
            notes=planned.notes,
            latency_ms=(time.perf_counter() - began) * 1000,
            sent=planned.sent,
        )

    def _worded(self, reading: Reading, found: Findings, planned: Planned, speech: Speech) -> tuple[Findings, Planned]:
        """The text as a model words it, where a model read the question and the owner lets it see answers."""
        if planned.planner != "model" or not self._settings.assistant_sees_rows:
            return found, planned
        from app.assistant.rephrase import Rephraser

        worded = Rephraser(self._settings).reword(found, reading, speech)
        notes = (*planned.notes, speech.say(worded.note)) if worded.note else planned.notes
        sent = "\n\n".join(filter(None, (planned.sent, worded.sent)))
        return worded.findings, replace(planned, notes=notes, sent=sent)


def _find(reading: Reading, books: Books, speech: Speech) -> tuple[Reading, Findings]:
    """What the reading's kind finds; a refusal of a stage below becomes an answer that says why."""
    try:
        return reading, answerer(reading.kind)(reading, books, speech)
    except Refused as error:
        refused = _refusal(Refusal.ROLE)
        return refused, replace(answerer(Kind.REFUSE)(refused, books, speech), text=str(error))
    except (UnusableRequest, QueryTimeout) as error:
        refused = _refusal(Refusal.UNSUPPORTED)
        return refused, replace(answerer(Kind.REFUSE)(refused, books, speech), text=str(error))


def _refusal(reason: Refusal) -> Reading:
    return Reading(kind=Kind.REFUSE, refusal=reason)
