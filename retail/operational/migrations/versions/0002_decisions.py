"""Decisions on reorder drafts, overrides of terms, and the audit that is only ever added to."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GENESIS: Final = "0" * 64

SQLITE_TRIGGERS: Final = (
    """create trigger audit_follows before insert on audit
    when not exists (
        select 1 from audit_head where sequence = new.sequence - 1 and hash = new.previous_hash
    )
    begin select raise(abort, 'an audit entry must follow the newest one'); end""",
    """create trigger audit_moves_head after insert on audit
    begin update audit_head set sequence = new.sequence, hash = new.hash; end""",
    """create trigger audit_keeps_old_rows before update on audit
    begin select raise(abort, 'the audit is only ever added to'); end""",
    """create trigger audit_keeps_rows before delete on audit
    begin select raise(abort, 'the audit is only ever added to'); end""",
    """create trigger audit_head_follows before update on audit_head
    when not exists (
        select 1 from audit
        where sequence = new.sequence and hash = new.hash and previous_hash = old.hash and old.sequence = sequence - 1
    ) or new.one <> old.one
    begin select raise(abort, 'the head of the audit moves with its entries alone'); end""",
    """create trigger audit_head_stays before delete on audit_head
    begin select raise(abort, 'the head of the audit moves with its entries alone'); end""",
    """create trigger audit_head_is_one before insert on audit_head
    begin select raise(abort, 'the head of the audit moves with its entries alone'); end""",
    """create trigger decisions_are_new before insert on decisions
    when exists (
        select 1 from decisions
        where decision_id = new.decision_id or (draft_id = new.draft_id and number = new.number)
    )
    begin select raise(abort, 'decisions are only ever added to'); end""",
    """create trigger decisions_keep_old_rows before update on decisions
    begin select raise(abort, 'decisions are only ever added to'); end""",
    """create trigger decisions_keep_rows before delete on decisions
    begin select raise(abort, 'decisions are only ever added to'); end""",
)
"""The first and the eighth also stop `insert or replace`, which deletes a row without firing its delete trigger."""

POSTGRESQL_TRIGGERS: Final = (
    """create function tillsight_refuse() returns trigger language plpgsql as $$
    begin raise exception '% is only ever added to', tg_table_name; end $$""",
    """create function tillsight_audit_follows() returns trigger language plpgsql as $$
    begin
        if not exists (
            select 1 from audit_head where sequence = new.sequence - 1 and hash = new.previous_hash for update
        ) then
            raise exception 'an audit entry must follow the newest one';
        end if;
        return new;
    end $$""",
    """create function tillsight_audit_moves_head() returns trigger language plpgsql as $$
    begin
        update audit_head set sequence = new.sequence, hash = new.hash;
        return null;
    end $$""",
    """create function tillsight_audit_head_follows() returns trigger language plpgsql as $$
    begin
        if new.one <> old.one or not exists (
            select 1 from audit
            where sequence = new.sequence and hash = new.hash
              and previous_hash = old.hash and old.sequence = sequence - 1
        ) then
            raise exception 'the head of the audit moves with its entries alone';
        end if;
        return new;
    end $$""",
    """create trigger audit_follows before insert on audit
    for each row execute function tillsight_audit_follows()""",
    """create trigger audit_moves_head after insert on audit
    for each row execute function tillsight_audit_moves_head()""",
    """create trigger audit_keeps_rows before update or delete or truncate on audit
    for each statement execute function tillsight_refuse()""",
    """create trigger audit_head_follows before update on audit_head
    for each row execute function tillsight_audit_head_follows()""",
    """create trigger audit_head_stays before insert or delete or truncate on audit_head
    for each statement execute function tillsight_refuse()""",
    """create trigger decisions_keep_rows before update or delete or truncate on decisions
    for each statement execute function tillsight_refuse()""",
)


def upgrade() -> None:
    """Make the tables `audit`, `audit_head`, `decisions` and `term_overrides`, and what keeps the first three whole."""
    _make_audit()
    _make_decisions()
    op.create_table(
        "term_overrides",
        sa.Column("supplier_id", sa.Text, primary_key=True),
        sa.Column("product_id", sa.Text, primary_key=True),
        sa.Column("store_id", sa.Text, primary_key=True),
        sa.Column("field", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL_TRIGGERS if is_postgresql else SQLITE_TRIGGERS:
        op.execute(statement)


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, index=True),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("previous_hash", sa.Text, nullable=False, unique=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.bulk_insert(head, [{"one": 1, "sequence": 0, "hash": GENESIS}])


def _make_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Text, primary_key=True),
        sa.Column("draft_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("quantity_before", sa.Float, nullable=False),
        sa.Column("quantity_after", sa.Float, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("snooze_until", sa.Date),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("run_id", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("sku", sa.Text),
        sa.Column("product", sa.Text),
        sa.Column("store_id", sa.Text, nullable=False),
        sa.Column("from_store_id", sa.Text),
        sa.Column("supplier_id", sa.Text),
        sa.Column("supplier", sa.Text),
        sa.Column("order_date", sa.Date, nullable=False),
        sa.Column("delivery_date", sa.Date, nullable=False),
        sa.Column("unit_cost", sa.Float),
        sa.Column("currency", sa.Text),
        sa.UniqueConstraint("draft_id", "number"),
    )
