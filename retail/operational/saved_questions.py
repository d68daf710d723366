"""Questions that people keep on their dashboard, for themselves or for everybody. Never their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, or_, select, update

from retail.errors import Refused, UnusableRequest
from retail.operational.database import OpenedStore, keeping
from retail.operational.tables import saved_questions
from retail.principal import Principal

LONGEST_TITLE: Final = 120
LONGEST_QUESTION: Final = 500
LONGEST_READING: Final = 50_000
MOST_SAVED: Final = 60
"""Questions that one dashboard may hold: those of a person, and those of everybody."""
_COLUMN: Final = saved_questions.c


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question on a dashboard.

    Attributes:
        saved_id: Its id.
        owner: Who saved it.
        is_shared: Whether everybody sees it. Their numbers are still those that they may see.
        position: Where it stands: in order of this.
        title: What its owner calls it.
        question: The question as it was asked.
        language: Language of the answer.
        reading: How it was read, JSON.
        saved_at: When, UTC.
    """

    saved_id: str
    owner: str
    is_shared: bool
    position: int
    title: str
    question: str
    language: str
    reading: str
    saved_at: datetime


class SavedQuestions(OpenedStore):
    """Reads and writes the dashboards of one workspace."""

    def visible(self, principal: Principal) -> list[SavedQuestion]:
        """Those of everybody, then the person's own, each in order."""
        query = (
            select(saved_questions)
            .where(or_(_COLUMN.is_shared, _COLUMN.owner == principal.user))
            .order_by(_COLUMN.is_shared.desc(), _COLUMN.position, _COLUMN.saved_id)
        )
        with self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query).mappings()]

    def save(
        self, principal: Principal, *, title: str, question: str, language: str, reading: str, is_shared: bool = False
    ) -> SavedQuestion:
        """Put a question at the end of a dashboard.

        Raises:
            Refused: The role may not share with everybody.
            UnusableRequest: There is no title, a text is too long, or the dashboard is full.
            StoreError: The store could not be written.
        """
        title = _title(title)
        if len(question) > LONGEST_QUESTION or len(reading) > LONGEST_READING:
            raise UnusableRequest("This question is too long to be kept on a dashboard.")
        if is_shared:
            _must_share(principal)
        with keeping(self._engine) as connection:
            count, last = _count_and_last(connection, principal, is_shared=is_shared)
            if count >= MOST_SAVED:
                raise UnusableRequest(f"The dashboard holds {count} questions: remove one before you add another.")
            saved = SavedQuestion(
                saved_id=uuid4().hex[:12],
                owner=principal.user,
                is_shared=is_shared,
                position=last + 1,
                title=title,
                question=question,
                language=language,
                reading=reading,
                saved_at=datetime.now(UTC),
            )
            connection.execute(insert(saved_questions).values(asdict(saved)))
        return saved

    def rename(self, principal: Principal, saved_id: str, title: str) -> None:
        """Call a question otherwise.

        Raises:
            Refused: It is not the person's to change.
            UnusableRequest: There is none, or no title.
            StoreError: The store could not be written.
        """
        title = _title(title)
        with keeping(self._engine) as connection:
            _changeable(connection, principal, saved_id)
            connection.execute(update(saved_questions).where(_COLUMN.saved_id == saved_id).values(title=title))

    def remove(self, principal: Principal, saved_id: str) -> None:
        """Take a question off the dashboard.

        Raises:
            Refused: It is not the person's to change.
            UnusableRequest: There is none.
            StoreError: The store could not be written.
        """
        with keeping(self._engine) as connection:
            _changeable(connection, principal, saved_id)
            connection.execute(delete(saved_questions).where(_COLUMN.saved_id == saved_id))

    def move(self, principal: Principal, saved_id: str, *, is_up: bool) -> None:
        """Change places with the question before or after it; at the end nothing happens.

        Raises:
            Refused: It is not the person's to change.
            UnusableRequest: There is none.
            StoreError: The store could not be written.
        """
        with keeping(self._engine) as connection:
            moved = _changeable(connection, principal, saved_id)
            order = _COLUMN.position.desc() if is_up else _COLUMN.position
            beyond = _COLUMN.position < moved.position if is_up else _COLUMN.position > moved.position
            beside = _board(principal, is_shared=moved.is_shared)
            row = connection.execute(select(saved_questions).where(beside, beyond).order_by(order)).mappings().first()
            if row is not None:
                other = _read(row)
                for found, position in ((moved, other.position), (other, moved.position)):
                    where = _COLUMN.saved_id == found.saved_id
                    connection.execute(update(saved_questions).where(where).values(position=position))


def may_change(principal: Principal, saved: SavedQuestion) -> bool:
    """Whether a person may rename, move or remove a question: their own, and with a deciding role what all see."""
    return principal.may_decide if saved.is_shared else saved.owner == principal.user


def _must_share(principal: Principal) -> None:
    if not principal.may_decide:
        raise Refused(
            f"The role {principal.role.value} may not put a question on everybody's dashboard; a manager or an admin "
            "can. Keep it for yourself.",
            "role",
        )


def _changeable(connection: Connection, principal: Principal, saved_id: str) -> SavedQuestion:
    row = connection.execute(select(saved_questions).where(_COLUMN.saved_id == saved_id)).mappings().first()
    saved = None if row is None else _read(row)
    if saved is None or not (saved.is_shared or saved.owner == principal.user):
        raise UnusableRequest("This question is no longer on the dashboard. Reload the page.")
    if not may_change(principal, saved):
        raise Refused(
            f"Everybody sees this question, and the role {principal.role.value} may not change it; a manager or an "
            "admin can.",
            "role",
        )
    return saved


def _board(principal: Principal, *, is_shared: bool) -> ColumnElement[bool]:
    """The questions of everybody, or a person's own."""
    own = and_(_COLUMN.owner == principal.user, _COLUMN.is_shared.is_(False))
    return _COLUMN.is_shared.is_(True) if is_shared else own


def _count_and_last(connection: Connection, principal: Principal, *, is_shared: bool) -> tuple[int, int]:
    query = select(_COLUMN.position).where(_board(principal, is_shared=is_shared))
    positions: Sequence[int] = connection.execute(query).scalars().all()
    return len(positions), max(positions, default=0)


def _title(title: str) -> str:
    cleaned = " ".join(title.split())
    if not cleaned or len(cleaned) > LONGEST_TITLE:
        raise UnusableRequest(f"A title has 1 to {LONGEST_TITLE} characters; this one has {len(cleaned)}.")
    return cleaned


def _read(row: RowMapping) -> SavedQuestion:
    return SavedQuestion(**{field.name: row[field.name] for field in fields(SavedQuestion)})
