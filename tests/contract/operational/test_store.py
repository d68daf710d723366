"""The operational store as a whole, on SQLite and on PostgreSQL: what opens it, and what an older one becomes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from retail.errors import ConfigurationError
from retail.operational import audit, database
from retail.operational.backup import backup, restore
from retail.operational.decisions import Decisions
from retail.operational.run_log import RunLog
from retail.operational.tables import metadata
from retail.operational.term_fields import TermField
from retail.operational.terms import TermOverride, TermOverrides
from retail.principal import LOCAL
from retail.settings import Settings
from retail.vocabulary import DecisionAction
from retail.workspace import Workspace
from tests.contract.operational.drafts import a_draft


def test_the_migrations_make_the_tables_that_the_code_reads(engine: Engine) -> None:
    made = inspect(engine)
    for table in metadata.sorted_tables:
        declared = {(column.name, column.nullable, column.primary_key) for column in table.columns}
        keys = set(made.get_pk_constraint(table.name)["constrained_columns"])
        columns = made.get_columns(table.name)
        assert {(column["name"], column["nullable"], column["name"] in keys) for column in columns} == declared


def test_a_store_from_before_decisions_keeps_its_runs(workspace: Workspace, settings: Settings, engine: Engine) -> None:
    with database.writing(engine) as connection:  # back to what the first migration had made
        for table in metadata.tables.keys() - {"runs", "run_steps"}:
            connection.execute(text(f"drop table {table}"))
        if engine.dialect.name == "postgresql":
            names = "tillsight_refuse", "tillsight_audit_follows", "tillsight_audit_moves_head"
            for name in (*names, "tillsight_audit_head_follows"):
                connection.execute(text(f"drop function {name}"))
        connection.execute(text("update alembic_version set version_num = '0001'"))
    log = RunLog(engine)
    log.start("old", "command")
    log.finish("old", "old")
    reopened = database.open_store(workspace, settings)
    assert [run.run_id for run in RunLog(reopened).runs()] == ["old"]
    Decisions(reopened).decide(LOCAL, a_draft(), DecisionAction.APPROVE)
    assert audit.verify(reopened).entries == 1
    reopened.dispose()


@pytest.mark.parametrize("url", ["sqlite:///elsewhere.db", "mysql://till@localhost/shop"])
def test_another_kind_of_database_is_refused_by_name(workspace: Workspace, url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be a (sqlite|mysql) database: TILLSIGHT_OPERATIONAL_URL"):
        database.open_store(workspace, Settings(operational_url=url))


def test_a_backup_brings_decisions_terms_and_their_audit_back(workspace: Workspace, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "other-home")
    engine = database.open_store(workspace, settings)
    made = Decisions(engine).decide(LOCAL, a_draft(), DecisionAction.APPROVE)
    term = TermOverrides(engine).set(LOCAL, TermOverride(TermField.MOQ, "6", supplier_id="files:V1"))
    report = audit.verify(engine)
    engine.dispose()
    backup(workspace, settings, tmp_path / "b.tar.gz")
    restored = restore(settings.home, settings, tmp_path / "b.tar.gz")
    again = database.open_store(restored, settings)
    assert Decisions(again).latest() == {made.draft_id: made}
    assert TermOverrides(again).all() == [term]
    assert audit.verify(again, known_head=report.head) == report
    with sqlite3.connect(restored.operational_database) as connection, pytest.raises(sqlite3.DatabaseError):
        connection.execute("delete from audit")
    Decisions(again).decide(LOCAL, a_draft(2), DecisionAction.APPROVE)
    assert audit.verify(again).entries == 3
    again.dispose()
