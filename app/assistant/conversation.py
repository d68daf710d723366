"""One person's conversation: what was asked before, so that "and last month?" is understood. It keeps no answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final, Self

from app.assistant import languages
from app.assistant.reading import Kind, Reading
from app.assistant.renewal import renewed

if TYPE_CHECKING:
    from datetime import date

    from app.assistant.answer import Answer
    from retail.operational.conversations import Conversations, Turn
    from retail.principal import Principal
    from retail.settings import Settings
    from retail.workspace import Workspace

_NO_ANSWER: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})


class Conversation:
    """What was asked before, and where the next question is kept.

    Attributes:
        previous: How the last question that had an answer was read, with its relative periods as they are now; none
            where there is none.
        language: Language of the last question; none where there is none.
    """

    def __init__(
        self,
        turns: list[Turn],
        store: Conversations | None,
        principal: Principal,
        name: str,
        previous: Reading | None = None,
    ) -> None:
        self._store, self._principal, self._name = store, principal, name
        self.language = turns[-1].language if turns and turns[-1].language in languages.codes() else None
        self.previous = previous

    @classmethod
    @contextmanager
    def of(
        cls,
        workspace: Workspace,
        settings: Settings,
        principal: Principal,
        session: str | None,
        as_of: date,
        begins: date | None = None,
    ) -> Iterator[Self]:
        """Open a person's conversation; without a name it is one that is kept nowhere.

        Args:
            workspace: Whose conversations they are.
            settings: Settings of the process.
            principal: Who asks.
            session: Name of the conversation.
            as_of: The business day that counts as today in the run that answers.
            begins: First business day of its data.

        Raises:
            ConfigurationError: The operational store cannot be opened.
        """
        with _store(workspace, settings) if session is not None else nullcontext() as store:
            turns = store.turns(principal, session) if store is not None and session is not None else []
            yield cls(turns, store, principal, session or "", _previous(turns, as_of, begins))

    def record(self, answer: Answer) -> Turn | None:
        """Keep a question and how it was read; none where the conversation is kept nowhere.

        Raises:
            UnusableRequest: The name of the conversation cannot be.
            StoreError: The store could not be written.
        """
        if self._store is None:
            return None
        return self._store.add(
            self._principal,
            self._name,
            question=answer.question,
            language=answer.language,
            planner=answer.planner,
            reading=answer.reading.model_dump_json(exclude_defaults=True),
        )


def _store(workspace: Workspace, settings: Settings) -> closing[Conversations]:
    from retail.operational.conversations import Conversations

    return closing(Conversations.of(workspace, settings))


def read_back(turn: Turn, as_of: date, begins: date | None = None) -> Reading | None:
    """How a kept question was read, with its relative periods as they are now: "today" must not name another day.

    None where this version has no such reading.
    """
    try:
        return renewed(Reading.model_validate_json(turn.reading), as_of, begins)
    except ValueError:
        return None


def _previous(turns: list[Turn], as_of: date, begins: date | None) -> Reading | None:
    read = (read_back(turn, as_of, begins) for turn in reversed(turns))
    return next((reading for reading in read if reading is not None and reading.kind not in _NO_ANSWER), None)
