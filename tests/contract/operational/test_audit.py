"""The audit, on SQLite and on PostgreSQL: it refuses changes, and finds those made around it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from retail.operational import audit
from retail.operational.decisions import Decisions
from retail.operational.tables import decisions as decisions_table
from retail.operational.term_fields import TermField
from retail.operational.terms import TermOverride, TermOverrides
from retail.principal import LOCAL
from retail.vocabulary import DecisionAction
from tests.contract.operational.drafts import a_draft

COLUMNS = "sequence, at, actor, role, action, subject, before, after, previous_hash, hash"
FORGED = f"""insert into audit ({COLUMNS})
    select 5, at, actor, role, action, subject, before, after, {{previous}}, 'f' from audit where sequence = 4"""

REFUSED = (
    "update audit set actor = 'somebody else' where sequence = 2",
    "delete from audit where sequence = 4",
    "update audit_head set sequence = 3",
    "update audit_head set one = 2",
    "delete from audit_head",
    "insert into audit_head (one, sequence, hash) values (2, 0, 'x')",
    FORGED.format(previous="previous_hash"),
    FORGED.replace("select 5", "select 6").format(previous="hash"),
    "update decisions set quantity_after = 1000",
    "delete from decisions",
)
REFUSED_BY = {
    "sqlite": (
        "insert or replace into audit select * from audit where sequence = 2",
        "insert or replace into audit_head select 1, 0, 'x'",
        "update or replace audit set sequence = 2 where sequence = 3",
        "insert or replace into decisions select * from decisions",
    ),
    "postgresql": ("truncate audit", "truncate audit_head", "truncate decisions"),
}


@pytest.fixture
def chain(engine: Engine, decisions: Decisions) -> Engine:
    """A store with four entries."""
    for number in range(4):
        decisions.decide(LOCAL, a_draft(number), DecisionAction.APPROVE)
    return engine


def execute(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def without_triggers(engine: Engine, *statements: str) -> None:
    """What somebody can do who owns the database."""
    if engine.dialect.name == "postgresql":
        execute(engine, "set local session_replication_role = replica", *statements)
        return
    with engine.connect() as connection:
        names = connection.execute(text("select name from sqlite_master where type = 'trigger'")).scalars().all()
    execute(engine, *[f"drop trigger {name}" for name in names], *statements)


def test_an_untouched_chain_is_intact(chain: Engine) -> None:
    report = audit.verify(chain)
    newest, *_ = audit.entries(chain)
    assert (report.entries, report.is_intact, report.first_broken, report.head) == (4, True, None, newest.hash)
    assert [entry.sequence for entry in audit.entries(chain, limit=2)] == [4, 3]
    assert [entry.sequence for entry in audit.entries(chain, subject=f"draft:{0:016x}")] == [1]


def test_an_empty_chain_is_intact(engine: Engine) -> None:
    assert audit.verify(engine) == audit.AuditReport(0, True, None, audit.GENESIS, None)


def test_the_database_refuses_to_change_what_was_recorded(chain: Engine) -> None:
    for statement in (*REFUSED, *REFUSED_BY[chain.dialect.name]):
        with pytest.raises(DBAPIError, match=r"added to|moves with|must follow"):
            execute(chain, statement)
    assert audit.verify(chain).is_intact


@pytest.mark.parametrize(
    ("statements", "first_broken"),
    [
        (["update audit set actor = 'somebody else' where sequence = 2"], 2),
        (["update audit set after = replace(after, '12.0', '13.0') where sequence = 3"], 3),
        (["delete from audit where sequence = 2"], 2),
        (["delete from audit where sequence = 1"], 1),
        (["delete from audit where sequence >= 3"], 3),
        (["delete from audit"], 1),
        (
            [
                "update audit set sequence = sequence + 1 where sequence = 4",
                FORGED.replace("select 5", "select 4").replace("= 4", "= 3").format(previous="'p'"),
                "update audit_head set sequence = 5",
            ],
            4,
        ),
        (
            [
                "update audit set sequence = 9 where sequence = 2",
                "update audit set sequence = 2 where sequence = 3",
                "update audit set sequence = 3 where sequence = 9",
            ],
            2,
        ),
        ([FORGED.format(previous="hash")], 5),
    ],
    ids=["edited", "edited json", "removed", "first removed", "truncated", "emptied", "inserted", "reordered", "added"],
)
def test_what_was_done_around_the_database_is_found(chain: Engine, statements: list[str], first_broken: int) -> None:
    without_triggers(chain, *statements)
    report = audit.verify(chain)
    assert (report.is_intact, report.first_broken) == (False, first_broken)
    assert report.problem


def test_a_chain_made_anew_is_found_by_a_head_that_was_noted(chain: Engine) -> None:
    noted = audit.verify(chain).head
    Decisions(chain).decide(LOCAL, a_draft(9), DecisionAction.APPROVE)
    assert audit.verify(chain, known_head=noted).is_intact
    without_triggers(chain, "delete from audit", f"update audit_head set sequence = 0, hash = '{audit.GENESIS}'")
    without_triggers(chain, "delete from decisions")
    assert audit.verify(chain).is_intact  # nothing inside the database tells of it
    report = audit.verify(chain, known_head=noted)
    assert (report.is_intact, report.first_broken) == (False, 1)


@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("update decisions set quantity_after = 1200 where number = 1 and draft_id like '%2'", 3),
        ("update decisions set state = 'rejected' where draft_id like '%1'", 2),
        ("delete from decisions where draft_id like '%3'", 4),
        ("insert into decisions select 'x-1', 'x', " + "{rest} from decisions where draft_id like '%3'", 7),
        ("update term_overrides set value = '1' where field = 'moq'", 6),
        ("delete from term_overrides", 6),
        ("insert into term_overrides select 'V9', '', '', field, value, set_by, set_at from term_overrides", 7),
    ],
)
def test_a_record_that_is_not_what_the_audit_tells_is_found(
    chain: Engine, terms: TermOverrides, statement: str, first_broken: int
) -> None:
    terms.set(LOCAL, TermOverride(TermField.MOQ, "6", supplier_id="V1"))
    terms.set(LOCAL, TermOverride(TermField.MOQ, "12", supplier_id="V1"))
    assert audit.verify(chain).is_intact
    rest = ", ".join(f"{column.name}" for column in list(decisions_table.columns)[2:])
    without_triggers(chain, statement.format(rest=rest))
    assert (audit.verify(chain).is_intact, audit.verify(chain).first_broken) == (False, first_broken)


def test_a_term_that_was_cleared_is_as_recorded(engine: Engine, terms: TermOverrides) -> None:
    terms.set(LOCAL, TermOverride(TermField.MOQ, "6", store_id="S1"))
    terms.clear(LOCAL, TermField.MOQ, store_id="S1")
    assert audit.verify(engine).is_intact
