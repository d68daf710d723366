"""What people thought of answers: candidates until a person with the right role accepts or rejects them.

Nothing is learnt from them by themselves. What was given and what was decided are in the audit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, and_, func, insert, select, update

from retail.errors import AlreadyDecided, Refused, UnusableRequest
from retail.operational import audit
from retail.operational.database import OpenedStore
from retail.operational.tables import assistant_feedback
from retail.principal import Principal
from retail.vocabulary import Role

JUDGES: Final = frozenset({Role.ANALYST, Role.ADMIN, Role.SUPERADMIN})
"""Roles that may accept and reject."""
LONGEST_QUESTION: Final = 500
LONGEST_CORRECTION: Final = 500
LONGEST_READING: Final = 50_000
MOST_CANDIDATES: Final = 500
"""Candidates that one person may have waiting."""
_COLUMN: Final = assistant_feedback.c


class FeedbackState(StrEnum):
    """Whether somebody has decided on it."""

    CANDIDATE = "candidate"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer.

    Attributes:
        feedback_id: Its id.
        actor: Who, in `role`.
        at: When, UTC.
        is_helpful: Thumb up or down.
        question: The question as it was asked.
        language: Language of the answer.
        planner: Who had read the question.
        reading: How it was read, JSON.
        correction: The question in words that are read rightly; null where nothing was said.
        state: Whether somebody has decided on it, and how.
        decided_by: Who decided; null while nobody has. The same with `decided_at`.
    """

    feedback_id: str
    actor: str
    role: str
    at: datetime
    is_helpful: bool
    question: str
    language: str
    planner: str
    reading: str
    correction: str | None
    state: FeedbackState
    decided_by: str | None
    decided_at: datetime | None


class FeedbackStore(OpenedStore):
    """Reads, takes and decides on the feedback of one workspace."""

    def give(
        self,
        principal: Principal,
        *,
        is_helpful: bool,
        question: str,
        language: str,
        planner: str,
        reading: str,
        correction: str | None = None,
    ) -> Feedback:
        """Keep what a person thinks of an answer; another thought on the same answer takes the place of the first.

        Raises:
            UnusableRequest: A text is too long, or too many candidates wait already.
            StoreError: The store could not be written.
        """
        correction = " ".join((correction or "").split()) or None
        _must_be_short(question, reading, correction)
        given = Feedback(
            feedback_id=uuid4().hex[:12],
            actor=principal.user,
            role=principal.role.value,
            at=datetime.now(UTC),
            is_helpful=is_helpful,
            question=question,
            language=language,
            planner=planner,
            reading=reading,
            correction=correction,
            state=FeedbackState.CANDIDATE,
            decided_by=None,
            decided_at=None,
        )
        with audit.recording(self._engine) as connection:
            before = _waiting_on_the_same(connection, given)
            if before is not None and _says_the_same(before, given):
                return before
            if before is None:
                _must_have_room(connection, principal)
                connection.execute(insert(assistant_feedback).values(asdict(given)))
            else:
                given = replace(given, feedback_id=before.feedback_id)
                _change(connection, given)
            _note(connection, principal, "feedback.give", before, given)
        return given

    def newest(self, state: FeedbackState | None = FeedbackState.CANDIDATE, limit: int = 500) -> list[Feedback]:
        """The newest feedback of a state, or of any, the newest first."""
        query = select(assistant_feedback).order_by(_COLUMN.at.desc(), _COLUMN.feedback_id).limit(limit)
        if state is not None:
            query = query.where(_COLUMN.state == state)
        with self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query).mappings()]

    def get(self, feedback_id: str) -> Feedback:
        """One feedback by its id.

        Raises:
            UnusableRequest: There is none.
        """
        with self._engine.connect() as connection:
            return _find(connection, feedback_id)

    def decide(
        self,
        principal: Principal,
        feedback_id: str,
        state: FeedbackState,
        then: Callable[[Feedback], None] = lambda _: None,
    ) -> Feedback:
        """Accept or reject a candidate. The same decision again is answered with the first one.

        Args:
            principal: Who decides.
            feedback_id: The candidate.
            state: `accepted` or `rejected`.
            then: What goes with it, done before the decision is final; if it fails, nothing is decided.

        Raises:
            Refused: The role may not decide.
            UnusableRequest: There is no such feedback.
            AlreadyDecided: Somebody decided otherwise.
            StoreError: The store could not be written.
        """
        must_judge(principal)
        with audit.recording(self._engine) as connection:
            before = _find(connection, feedback_id)
            if before.state is state:
                return before
            if before.state is not FeedbackState.CANDIDATE:
                raise AlreadyDecided(f"Feedback {feedback_id} was {before.state.value} by {before.decided_by} already.")
            decided = replace(before, state=state, decided_by=principal.user, decided_at=datetime.now(UTC))
            _change(connection, decided)
            action = "feedback.accept" if state is FeedbackState.ACCEPTED else "feedback.reject"
            _note(connection, principal, action, before, decided)
            then(decided)
        return decided


def must_judge(principal: Principal) -> None:
    """See that the role may accept and reject.

    Raises:
        Refused: It may not.
    """
    if principal.role not in JUDGES:
        raise Refused(
            f"The role {principal.role.value} may not decide which questions count as verified; an analyst or an "
            "admin can.",
            "role",
        )


def _must_be_short(question: str, reading: str, correction: str | None) -> None:
    limits = (
        ("question", question, LONGEST_QUESTION),
        ("reading", reading, LONGEST_READING),
        ("correction", correction or "", LONGEST_CORRECTION),
    )
    for what, text, longest in limits:
        if len(text) > longest:
            raise UnusableRequest(f"The {what} has {len(text):,} characters; at most {longest:,} are kept.")


def _must_have_room(connection: Connection, principal: Principal) -> None:
    mine = and_(_COLUMN.actor == principal.user, _COLUMN.state == FeedbackState.CANDIDATE)
    waiting = connection.execute(select(func.count()).select_from(assistant_feedback).where(mine)).scalar_one()
    if waiting >= MOST_CANDIDATES:
        raise UnusableRequest(
            f"{waiting} pieces of your feedback wait for a decision: no more are kept until an analyst or an admin has "
            "decided on some."
        )


def _waiting_on_the_same(connection: Connection, given: Feedback) -> Feedback | None:
    query = select(assistant_feedback).where(
        _COLUMN.actor == given.actor,
        _COLUMN.state == FeedbackState.CANDIDATE,
        _COLUMN.question == given.question,
        _COLUMN.reading == given.reading,
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _read(row)


def _says_the_same(before: Feedback, given: Feedback) -> bool:
    return (before.is_helpful, before.correction) == (given.is_helpful, given.correction)


def _change(connection: Connection, feedback: Feedback) -> None:
    where = _COLUMN.feedback_id == feedback.feedback_id
    connection.execute(update(assistant_feedback).where(where).values(asdict(feedback)))


def _note(connection: Connection, principal: Principal, action: str, before: Feedback | None, after: Feedback) -> None:
    earlier = None if before is None else asdict(before)
    audit.append(connection, principal, action, f"feedback:{after.feedback_id}", earlier, asdict(after))


def _find(connection: Connection, feedback_id: str) -> Feedback:
    row = connection.execute(select(assistant_feedback).where(_COLUMN.feedback_id == feedback_id)).mappings().first()
    if row is None:
        raise UnusableRequest(f"There is no feedback {feedback_id[:40]!r}. `tillsight feedback list` has it.")
    return _read(row)


def _read(row: RowMapping) -> Feedback:
    content = {field.name: row[field.name] for field in fields(Feedback)}
    return Feedback(**{**content, "state": FeedbackState(row["state"])})
