"""Tables of the operational store, as the newest migration leaves them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Store in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Read as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("trigger", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("finished_at", UtcDateTime),
    Column("status", Text, nullable=False),
    Column("published_run_id", Text),
    Column("message", Text),
)

run_steps = Table(
    "run_steps",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("status", Text, nullable=False),
    Column("message", Text),
    Column("rows", BigInteger),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("before", Text),
    Column("after", Text),
    Column("previous_hash", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False, unique=True),
)
"""Append-only: triggers refuse every change, and every row that does not follow the head."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)
"""One row: the newest entry of `audit`. A trigger moves it with each entry; nothing else may."""

decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", Text, primary_key=True),
    Column("draft_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("quantity_before", Float, nullable=False),
    Column("quantity_after", Float, nullable=False),
    Column("reason", Text),
    Column("snooze_until", Date),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False, index=True),
    Column("run_id", Text),
    Column("kind", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("sku", Text),
    Column("product", Text),
    Column("store_id", Text, nullable=False),
    Column("from_store_id", Text),
    Column("supplier_id", Text),
    Column("supplier", Text),
    Column("order_date", Date, nullable=False),
    Column("delivery_date", Date, nullable=False),
    Column("unit_cost", Float),
    Column("currency", Text),
    UniqueConstraint("draft_id", "number"),
)
"""Append-only: one row per decision; the highest number of a draft is what holds."""

term_overrides = Table(
    "term_overrides",
    metadata,
    Column("supplier_id", Text, primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("store_id", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)
"""What holds now; what held before is in `audit`. An empty id stands for all: a key knows no null."""

conversation_turns = Table(
    "conversation_turns",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("question", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("planner", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Index("conversation_turns_by_conversation", "actor", "conversation", "at"),
)
"""Questions and how they were read, JSON; never an answer. A conversation is one person's: the key is both."""

assistant_feedback = Table(
    "assistant_feedback",
    metadata,
    Column("feedback_id", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("is_helpful", Boolean, nullable=False),
    Column("question", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("planner", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("correction", Text),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", UtcDateTime),
)
"""What people thought of answers; `state` is candidate, accepted or rejected."""

saved_questions = Table(
    "saved_questions",
    metadata,
    Column("saved_id", Text, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("is_shared", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)
"""Questions on dashboards: how they were read, JSON; the numbers are asked for each time."""
