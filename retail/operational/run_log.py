"""The run log: what the pipeline did and when, for the Data health page and for whoever looks after a failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import Engine, RowMapping, insert, select, update

from retail.operational.database import open_store, writing
from retail.operational.tables import run_steps, runs
from retail.settings import Settings
from retail.workspace import Workspace


class RunStatus(StrEnum):
    """How a run or a step stands. `abandoned`: its process died without saying so."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the pipeline.

    Attributes:
        run_id: Dagster's id of the run.
        trigger: What started it: `demo`, `command`, `sync`, `schedule`, `sensor` or `dagster`.
        started_at: When it began, UTC.
        finished_at: When it ended, UTC; null while it runs.
        status: How it stands.
        published_run_id: The published run that it made; null if it published nothing.
        message: What went wrong, in a sentence; null if nothing did.
    """

    run_id: str
    trigger: str
    started_at: datetime
    finished_at: datetime | None
    status: RunStatus
    published_run_id: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class RunStep:
    """One step of a run: `ingest`, `transform`, `forecast` or `publish`. `rows` counts what the step wrote."""

    run_id: str
    step: str
    started_at: datetime
    finished_at: datetime | None
    status: RunStatus
    message: str | None
    rows: int | None


@dataclass(slots=True)
class StepResult:
    """What a step may say about itself while it runs."""

    rows: int | None = None
    message: str | None = None
    has_failed: bool = False


class RunLog:
    """Reads and writes the run log of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, workspace: Workspace, settings: Settings) -> Self:
        """Open the run log of a workspace.

        Raises:
            ConfigurationError: The operational store cannot be opened.
        """
        return cls(open_store(workspace, settings))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def start(self, run_id: str, trigger: str) -> None:
        """Note that a run begins.

        Runs still marked as running become abandoned: the caller holds the lock, so their processes are gone.
        """
        now = datetime.now(UTC)
        abandoned = {"status": RunStatus.ABANDONED, "finished_at": now, "message": "The process ended without a word."}
        with writing(self._engine) as connection:
            for table in (run_steps, runs):
                connection.execute(update(table).where(table.c.status == RunStatus.RUNNING).values(abandoned))
            connection.execute(
                insert(runs).values(run_id=run_id, trigger=trigger, started_at=now, status=RunStatus.RUNNING)
            )

    def finish(self, run_id: str, published_run_id: str | None = None) -> Run:
        """Note that a run has ended. It failed if nothing was published and a step failed."""
        failed = [step for step in self.steps(run_id) if step.status is not RunStatus.SUCCEEDED]
        message = "; ".join(f"{step.step}: {step.message or step.status}" for step in failed) or None
        status = RunStatus.FAILED if failed and published_run_id is None else RunStatus.SUCCEEDED
        values = {"status": status, "published_run_id": published_run_id, "message": message}
        with writing(self._engine) as connection:
            connection.execute(
                update(runs).where(runs.c.run_id == run_id).values(**values, finished_at=datetime.now(UTC))
            )
        return self.run(run_id)

    @contextmanager
    def step(self, run_id: str, step: str, result: StepResult | None = None) -> Iterator[StepResult]:
        """Note a step around its work; an exception marks it failed and goes on its way."""
        self._start_step(run_id, step)
        result = result or StepResult()
        try:
            yield result
        except BaseException as error:
            result.message = str(error) or type(error).__name__
            result.has_failed = True
            raise
        finally:
            self._finish_step(run_id, step, result)

    def run(self, run_id: str) -> Run:
        """One run by its id."""
        with self._engine.connect() as connection:
            return _run(connection.execute(select(runs).where(runs.c.run_id == run_id)).mappings().one())

    def runs(self, limit: int = 20) -> list[Run]:
        """The newest runs, the newest first."""
        query = select(runs).order_by(runs.c.started_at.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(query).mappings()]

    def steps(self, run_id: str) -> list[RunStep]:
        """Steps of a run in the order in which they began."""
        query = select(run_steps).where(run_steps.c.run_id == run_id).order_by(run_steps.c.started_at)
        with self._engine.connect() as connection:
            return [_step(row) for row in connection.execute(query).mappings()]

    def last(self, step: str) -> RunStep | None:
        """The newest time that a step was taken, in whatever run; null where it never was."""
        query = select(run_steps).where(run_steps.c.step == step).order_by(run_steps.c.started_at.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _step(row)

    def _start_step(self, run_id: str, step: str) -> None:
        values = {"started_at": datetime.now(UTC), "status": RunStatus.RUNNING}
        with writing(self._engine) as connection:  # a retried step starts over
            connection.execute(run_steps.delete().where(run_steps.c.run_id == run_id, run_steps.c.step == step))
            connection.execute(insert(run_steps).values(run_id=run_id, step=step, **values))

    def _finish_step(self, run_id: str, step: str, result: StepResult) -> None:
        values = {
            "finished_at": datetime.now(UTC),
            "status": RunStatus.FAILED if result.has_failed else RunStatus.SUCCEEDED,
            "message": result.message and " ".join(result.message.split()),
            "rows": result.rows,
        }
        where = (run_steps.c.run_id == run_id, run_steps.c.step == step)
        with writing(self._engine) as connection:
            connection.execute(update(run_steps).where(*where).values(values))


def _run(row: RowMapping) -> Run:
    return Run(**{**row, "status": RunStatus(row["status"])})


def _step(row: RowMapping) -> RunStep:
    return RunStep(**{**row, "status": RunStatus(row["status"])})
