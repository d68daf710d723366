"""A workspace: the folder with everything about one business, and who may write in it.

<home>/<name>/
    workspace.json       what it is: kind, data set, as-of moment, reporting currency
    sources.yaml         which sources feed it (see docs/connect/)
    incoming/            files dropped by people or made by the demo
    warehouse.duckdb     written by the pipeline alone
    serving/             marts-<run_id>/ per published run, and the pointer `current`
    secrets/             keys and passwords that `connect` keeps, for their owner alone; never in a backup
    operational.sqlite   decisions, run log, audit: the only thing that cannot be rebuilt
    dlt/ dagster/ dbt/   state of the tools
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from retail.errors import ConfigurationError, NothingPublished, UnusableRequest, WorkspaceBusy
from retail.settings import Settings

MAIN = "main"
DATA_TESTS = "data_tests.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class WorkspaceDescription(BaseModel):
    """What `workspace.json` says.

    Attributes:
        kind: `demo` workspaces may be deleted by `make clean`; `real` ones never.
        dataset: Name of the demo data set, null for a real shop.
        as_of_at: Moment that counts as now, UTC. Fixed for demos; null means the newest sale decides.
        reporting_currency: ISO 4217 code that amounts are reported in.
        default_time_zone: Time zone of stores whose source does not say one.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["demo", "real"]
    dataset: str | None = None
    created_at: AwareDatetime
    as_of_at: AwareDatetime | None = None
    reporting_currency: str = "USD"
    default_time_zone: str = "UTC"


class PublishedRun(BaseModel):
    """What a serving folder's `run.json` says about the run that made it."""

    run_id: str
    published_at: AwareDatetime
    as_of_at: AwareDatetime
    as_of_date: date
    inputs_fingerprint: str
    tables: dict[str, int]


@dataclass(frozen=True, slots=True)
class ServingRun:
    """One published run, ready to be read."""

    folder: Path
    run: PublishedRun

    @property
    def database(self) -> Path:
        """DuckDB file with the schema `marts`, never changed after publishing."""
        return self.folder / "warehouse.duckdb"

    @property
    def manifest(self) -> Path:
        """The dbt manifest of the run."""
        return self.folder / "manifest.json"

    @property
    def semantic_manifest(self) -> Path:
        """The semantic manifest (metrics and dimensions) of the run."""
        return self.folder / "semantic_manifest.json"

    @property
    def data_tests(self) -> Path:
        """Results of dbt's tests (`retail.data_tests.DataTestResults`); older runs have none."""
        return self.folder / DATA_TESTS


@dataclass(frozen=True, slots=True)
class Workspace:
    """Paths of one business and the few rules that go with them."""

    root: Path

    @property
    def name(self) -> str:
        """Name of the workspace: the folder's."""
        return self.root.name

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that the pipeline writes. Nobody else opens it: a reader would block the writer."""
        return self.root / "warehouse.duckdb"

    @property
    def sources(self) -> Path:
        """`sources.yaml`: what feeds this workspace."""
        return self.root / "sources.yaml"

    @property
    def incoming(self) -> Path:
        """Default folder of the files connector."""
        return self.root / "incoming"

    @property
    def serving(self) -> Path:
        """Folder of published runs."""
        return self.root / "serving"

    @property
    def pointer(self) -> Path:
        """File that names the serving folder to read."""
        return self.serving / "current"

    @property
    def operational_database(self) -> Path:
        """SQLite file of the operational store, unless a URL is set."""
        return self.root / "operational.sqlite"

    @property
    def dlt_state(self) -> Path:
        """Working folder of dlt."""
        return self.root / "dlt"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance folder: runs, logs, schedules."""
        return self.root / "dagster"

    @property
    def dbt_target(self) -> Path:
        """dbt's artefacts for this workspace."""
        return self.root / "dbt"

    def describe(self) -> WorkspaceDescription:
        """Read `workspace.json`.

        Raises:
            ConfigurationError: The file is missing or does not hold what it should.
        """
        path = self.root / "workspace.json"
        try:
            return WorkspaceDescription.model_validate_json(path.read_text())
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"{path} cannot be read as a workspace description: {error}. "
                "Run `tillsight demo` for a demo, or `tillsight connect` for your own data."
            ) from error

    def published(self) -> ServingRun:
        """The run that readers should use now.

        Raises:
            NothingPublished: No run has been published yet.
        """
        try:
            folder = self.serving / self.pointer.read_text().strip()
            return ServingRun(folder, PublishedRun.model_validate_json((folder / "run.json").read_text()))
        except (OSError, ValueError) as error:
            raise NothingPublished(
                f"Workspace {self.name!r} has no published data yet. Run `tillsight run` first."
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the workspace for writing; the lock goes with the process, however it ends.

        Raises:
            WorkspaceBusy: Another process holds it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "pipeline.lock").open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                handle.seek(0)
                raise WorkspaceBusy(
                    f"Another pipeline run (process {handle.read().strip() or 'unknown'}) is writing workspace "
                    f"{self.name!r}. Wait for it to end; it can be watched with `tillsight dagster`."
                ) from error
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield


def located(home: Path, name: str) -> Workspace:
    """Where a workspace of that name is, or would be.

    Raises:
        UnusableRequest: It is no name that a workspace can have.
    """
    if not _NAME.fullmatch(name):
        raise UnusableRequest(f"{name!r} is no workspace name: use small letters, digits, - and _.")
    return Workspace((home / name).resolve())


def create(home: Path, name: str, description: WorkspaceDescription) -> Workspace:
    """Make the folder of a new workspace, or keep the one that is there."""
    workspace = located(home, name)
    workspace.incoming.mkdir(parents=True, exist_ok=True)
    path = workspace.root / "workspace.json"
    if not path.exists():
        write_atomically(path, description.model_dump_json(indent=2))
    return workspace


def find(settings: Settings, name: str | None = None) -> Workspace:
    """The workspace to use: the one named, else `main`, else the newest demo.

    Raises:
        UnusableRequest: The one named does not exist, or there is none at all.
    """
    home = settings.home.resolve()
    wanted = name or settings.workspace
    if wanted:
        if not (home / wanted / "workspace.json").is_file():
            known = ", ".join(sorted(path.parent.name for path in home.glob("*/workspace.json"))) or "none"
            raise UnusableRequest(f"There is no workspace {wanted!r} in {home} (there: {known}).")
        return Workspace(home / wanted)
    if (home / MAIN / "workspace.json").is_file():
        return Workspace(home / MAIN)
    demos = sorted(home.glob("demo-*/workspace.json"), key=_created_at)
    if not demos:
        raise UnusableRequest(f"There is no workspace in {home}. Start with `make demo`.")
    return Workspace(demos[-1].parent)


def write_atomically(path: Path, text: str) -> None:
    """Replace a small file so that a reader sees the old text or the new, never a part, even over a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def _created_at(path: Path) -> datetime:
    return datetime.fromisoformat(json.loads(path.read_text())["created_at"])
