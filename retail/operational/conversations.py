"""Conversations with the assistant: what was asked and how it was read, per person. Never what was answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, insert, select

from retail.errors import UnusableRequest
from retail.operational.database import OpenedStore, keeping
from retail.operational.tables import conversation_turns
from retail.principal import Principal

TURNS_KEPT: Final = 200
"""Turns kept of a conversation, the newest."""
CONVERSATIONS_KEPT: Final = 100
"""Conversations kept of a person, those with the newest turns."""
LONGEST_NAME: Final = 100
LONGEST_READING: Final = 50_000
_TURN: Final = conversation_turns.c


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation.

    Attributes:
        turn_id: Its id.
        at: When, UTC.
        question: As it was asked.
        language: Language of the answer.
        planner: Who read it.
        reading: How it was read, JSON.
    """

    turn_id: str
    at: datetime
    question: str
    language: str
    planner: str
    reading: str


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A conversation in a list: its name, its first question that is kept, and when it last went on."""

    name: str
    first_question: str
    at: datetime


class Conversations(OpenedStore):
    """Reads and writes the conversations of one workspace. The same name is another conversation for another person."""

    def turns(self, principal: Principal, name: str, limit: int = TURNS_KEPT) -> list[Turn]:
        """The newest turns of a person's conversation, the oldest first.

        Raises:
            UnusableRequest: The name is empty or too long.
        """
        _check_name(name)
        query = (
            select(conversation_turns).where(_is_of(principal, name)).order_by(_TURN.at.desc(), _TURN.turn_id.desc())
        )
        with self._engine.connect() as connection:
            return [_turn(row) for row in connection.execute(query.limit(limit)).mappings()][::-1]

    def add(self, principal: Principal, name: str, *, question: str, language: str, planner: str, reading: str) -> Turn:
        """Keep a turn; the oldest beyond what is kept go.

        Raises:
            UnusableRequest: The name or the reading is too long.
            StoreError: The store could not be written.
        """
        _check_name(name)
        if len(reading) > LONGEST_READING:
            raise UnusableRequest(f"This question is read in {len(reading):,} characters: too many to be kept.")
        turn = Turn(uuid4().hex, datetime.now(UTC), question, language, planner, reading)
        with keeping(self._engine) as connection:
            connection.execute(
                insert(conversation_turns).values(**asdict(turn), actor=principal.user, conversation=name)
            )
            _forget_old_turns(connection, principal, name)
            _forget_old_conversations(connection, principal)
        return turn

    def recent(self, principal: Principal, limit: int = 20) -> list[ConversationSummary]:
        """A person's conversations, the newest first."""
        spans = (
            select(_TURN.conversation, func.min(_TURN.at).label("began"), func.max(_TURN.at).label("ended"))
            .where(_TURN.actor == principal.user)
            .group_by(_TURN.conversation)
            .order_by(func.max(_TURN.at).desc())
            .limit(limit)
            .subquery()
        )
        is_first = and_(_TURN.conversation == spans.c.conversation, _TURN.at == spans.c.began)
        query = (
            select(_TURN.conversation, _TURN.question, spans.c.ended)
            .join(spans, is_first)
            .where(_TURN.actor == principal.user)
            .order_by(spans.c.ended.desc())
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings()
            return [ConversationSummary(row["conversation"], row["question"], row["ended"]) for row in rows]

    def forget(self, principal: Principal, name: str) -> None:
        """Delete a person's conversation.

        Raises:
            StoreError: The store could not be written.
        """
        with keeping(self._engine) as connection:
            connection.execute(delete(conversation_turns).where(_is_of(principal, name)))


def _is_of(principal: Principal, name: str) -> ColumnElement[bool]:
    return and_(_TURN.actor == principal.user, _TURN.conversation == name)


def _forget_old_turns(connection: Connection, principal: Principal, name: str) -> None:
    kept = (
        select(_TURN.turn_id)
        .where(_is_of(principal, name))
        .order_by(_TURN.at.desc(), _TURN.turn_id.desc())
        .limit(TURNS_KEPT)
    )
    old = delete(conversation_turns).where(_is_of(principal, name), _TURN.turn_id.not_in(kept))
    connection.execute(old)


def _forget_old_conversations(connection: Connection, principal: Principal) -> None:
    kept = (
        select(_TURN.conversation)
        .where(_TURN.actor == principal.user)
        .group_by(_TURN.conversation)
        .order_by(func.max(_TURN.at).desc())
        .limit(CONVERSATIONS_KEPT)
    )
    old = delete(conversation_turns).where(_TURN.actor == principal.user, _TURN.conversation.not_in(kept))
    connection.execute(old)


def _turn(row: RowMapping) -> Turn:
    return Turn(**{field.name: row[field.name] for field in fields(Turn)})


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise UnusableRequest(f"The name of a conversation has 1 to {LONGEST_NAME} characters, not {len(name)}.")
