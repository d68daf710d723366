"""Opening the operational store and bringing its tables up to date."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from retail.errors import ConfigurationError, StoreError
from retail.settings import Settings
from retail.workspace import Workspace

MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_411_045  # any constant of our own: two processes must not migrate at once


def open_store(workspace: Workspace, settings: Settings) -> Engine:
    """Open the operational store of a workspace with its tables up to date.

    Raises:
        ConfigurationError: The database cannot be reached or its driver is not installed.
    """
    if settings.operational_url is None:
        engine = _open_sqlite(workspace.operational_database)
        with _file_lock(workspace.operational_database):
            _migrate(engine)
        return engine
    return _open_by_url(settings.operational_url.get_secret_value())


class OpenedStore:
    """The operational store, open. Each thing that is kept there reads and writes it in its own way."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def of(cls, workspace: Workspace, settings: Settings) -> Self:
        """Open it for a workspace.

        Raises:
            ConfigurationError: The operational store cannot be opened.
        """
        return cls(open_store(workspace, settings))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: SQLite's write lock is taken at once, so that it waits instead of failing midway."""
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection, connection.begin():
        yield connection


@contextmanager
def keeping(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes what needs no audit entry: all of it is kept, or nothing.

    Raises:
        StoreError: The database refused or went away.
    """
    try:
        with writing(engine) as connection:
            yield connection
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise StoreError(f"The operational store did not keep it: {reason}. Try again.") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction whose queries all see one state of the store."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**level) as connection:
        yield connection


def _open_sqlite(path: Path) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")

    return engine


def _open_by_url(url: str) -> Engine:
    try:
        # Read committed, whatever the server's default: who waited for the audit's head must see the newest one.
        engine = create_engine(_with_driver(url), pool_pre_ping=True, isolation_level="READ COMMITTED")
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            _migrate(engine)
    except (ArgumentError, NoSuchModuleError, ImportError, SQLAlchemyError) as error:
        shown = _without_password(url)
        raise ConfigurationError(
            f"The operational store at {shown} cannot be opened: {error}. Check TILLSIGHT_OPERATIONAL_URL; "
            'PostgreSQL needs a driver (`pip install "psycopg[binary]"`).'
        ) from error
    return engine


def _with_driver(url: str) -> URL:
    """The URL with psycopg as its driver unless it names one."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "postgresql":
        raise ConfigurationError(
            f"The operational store cannot be a {parsed.get_backend_name()} database: TILLSIGHT_OPERATIONAL_URL takes "
            "postgresql://user@host/database. Unset it to keep decisions in the workspace (SQLite)."
        )
    return parsed


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "TILLSIGHT_OPERATIONAL_URL"


def _migrate(engine: Engine) -> None:
    """Run the migrations that are missing; does nothing, quickly, when there are none."""
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    newest = scripts.get_current_head()
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == newest:
        return
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise ConfigurationError(
            f"The operational store is at version {present}, which a newer Tillsight made. Use that one, or restore a "
            "backup from before it."
        )
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _file_lock(database: Path) -> Iterator[None]:
    with database.with_name(f"{database.name}.migration-lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
