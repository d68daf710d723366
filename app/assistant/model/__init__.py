"""The planner that asks a model, and never alone: the local planner reads every question too."""

from __future__ import annotations

import contextlib
from typing import Final

import prompts
from app.assistant.books import Books
from app.assistant.local.describe import describe
from app.assistant.model import ask, conversation, menu, reread, verdict
from app.assistant.model.build import Ambiguous, reading_of
from app.assistant.model.deadline import within
from app.assistant.model.endpoint import Endpoint, Trouble
from app.assistant.model.ground import grounded, unexplained
from app.assistant.model.request import PlanRequest, UnusablePlan, shaped
from app.assistant.planner import Planned, Planner
from app.assistant.question import Question
from app.assistant.reading import Kind, Reading
from app.assistant.speech import Speech
from retail.settings import Settings

PROMPT: Final = "plan"


class ModelPlanner:
    """Reads questions with the local planner and an OpenAI-compatible endpoint. Safe to share between threads.

    Raises:
        ConfigurationError: No endpoint is set, or its address or key is none.
    """

    def __init__(self, settings: Settings, local: Planner) -> None:
        self._settings = settings
        self._local = local
        self._endpoint = Endpoint(settings)

    def plan(self, question: Question, books: Books, previous: Reading | None, language: str | None) -> Planned:
        """Read a question: see `app.assistant.planner`. Whatever the endpoint does, there is a reading."""
        local = self._local.plan(question, books, previous, language)
        if local.reading.refusal in verdict.FINAL:
            return local
        offered = menu.lay_out(question, books, local.language, previous, local.reading)
        talk = _Talk(self._endpoint, books, offered, local.reading, previous)
        message = ask.message(prompts.load(PROMPT), question, offered, previous)
        outcome = talk.hold(message, self._settings.assistant_timeout_seconds)
        speech = Speech(local.language, books.catalogue)
        if outcome.trouble is not None or talk.request is None:
            note = speech.say(f"model.{outcome.trouble or Trouble.UNUSABLE}")
            return Planned(local.reading, local.language, local.planner, (*local.notes, note), outcome.sent)
        bench = verdict.Bench(
            offered,
            previous,
            describe=lambda reading: describe(reading, speech),
            reread=lambda request: self._reread(question, request, books, previous, speech),
        )
        found = verdict.decide(local.reading, talk.request, bench)
        notes = (
            (speech.say(found.note, words=speech.list([speech.text(word) for word in found.words])),)
            if found.note
            else ()
        )
        return Planned(found.reading, local.language, "model", (*local.notes, *notes), outcome.sent)

    def _reread(
        self, question: Question, request: PlanRequest, books: Books, previous: Reading | None, speech: Speech
    ) -> Reading:
        """The local reading of the question with other words for those that it did not know."""
        other = reread.explained(question, request.meanings, books.catalogue, speech)
        return self._local.plan(other, books, previous, speech.language).reading


class _Talk:
    """The conversation about one question. `request` is the plan that was taken, if one was."""

    def __init__(
        self, endpoint: Endpoint, books: Books, offered: menu.Menu, local: Reading, previous: Reading | None
    ) -> None:
        self.request: PlanRequest | None = None
        self._outcome = conversation.Outcome()
        self._offered = offered
        self._local = local
        self._previous = previous
        self._agent = conversation.agent_for(
            books.principal, endpoint, prompts.load(PROMPT), shaped(offered), self._accept, self._outcome
        )

    def hold(self, message: str, seconds: float) -> conversation.Outcome:
        """Have the conversation."""
        if within(seconds, lambda: conversation.converse(self._agent, message, self._outcome)):
            return self._outcome
        return conversation.Outcome(trouble=Trouble.TIMEOUT, sent=self._outcome.sent)

    def _accept(self, request: PlanRequest) -> None:
        """Take a plan. One that leaves words of the question out goes back once; what is left out then, people see."""
        self.request = request
        with contextlib.suppress(Ambiguous):
            theirs = reading_of(request, self._offered, self._previous)
            is_last = self._outcome.rounds == conversation.ROUNDS
            if is_last or theirs.kind is Kind.REFUSE or verdict.is_settled(self._local, theirs):
                return
            if words := unexplained(grounded(request, self._offered), self._offered):
                raise UnusablePlan(f"it leaves out: {', '.join(words)}. Put these in, or list them as unmapped.")


__all__ = ["ModelPlanner"]
