"""`tillsight doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import CliContext, of
from cli.output import print_json, print_line, print_note
from retail.errors import NothingPublished, TillsightError, UnusableRequest

if TYPE_CHECKING:
    from connectors import SourceConfig
    from retail.settings import Settings
    from retail.workspace import Workspace

SPACE_FOR_A_RUN = 2 * 1024**3
"""Bytes that should be free before a run: it keeps the published runs and builds one more."""

LONGEST_LOOK_SECONDS = 60.0
"""How long each server may take to be looked at."""


class Status(StrEnum):
    """How a check ended. `broken` makes the command's exit status 1."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what to know or do; `notes` say more, a line each."""

    name: str
    status: Status
    detail: str
    notes: tuple[str, ...] = ()


def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server; look at this machine only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Look at the environment, the workspace, its sources (logging in to servers) and its last run."""
    checks = list(examine(of(context), is_offline=offline))
    is_well = all(check.status is not Status.BROKEN for check in checks)
    if as_json:
        print_json({"ok": is_well, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            print_line(f"{check.status:<8} {check.name:<18} {check.detail}")
            for note in check.notes:
                print_line(f"{'':<28}{note}")
    if not is_well:
        raise typer.Exit(1)


def examine(command: CliContext, *, is_offline: bool) -> Iterator[Check]:
    """Every check, the machine's first, then the servers'."""
    yield Check("python", Status.OK, f"{sys.version.split()[0]} at {sys.executable}")
    yield _packages()
    yield _weights(command.settings)
    yield _space(command.settings.home)
    try:
        workspace = command.workspace()
    except UnusableRequest as error:
        is_named = bool(command.workspace_name or command.settings.workspace)
        yield Check("workspace", Status.BROKEN if is_named else Status.WARNING, str(error))
        return
    checks: dict[str, Callable[[Workspace, Settings], Check]] = {
        "workspace": _workspace,
        "sources": _sources,
        "secrets": _secrets,
        "operational store": _operational_store,
        "last run": _last_run,
        "published data": _published,
    }
    for name, check in checks.items():
        try:
            yield check(workspace, command.settings)
        except TillsightError as error:
            yield Check(name, Status.BROKEN, str(error))
    if not is_offline:
        yield from _servers(workspace, command.settings)


def _packages() -> Check:
    needed = [text.split(";")[0].strip() for text in metadata.requires("tillsight") or [] if "extra ==" not in text]
    missing = [name for name in needed if not _is_installed(name)]
    if missing:
        return Check("packages", Status.BROKEN, f"missing: {', '.join(missing)}; run `make demo` to install them")
    return Check(
        "packages", Status.OK, f"{len(needed)} needed, all installed (tillsight {metadata.version('tillsight')})"
    )


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _weights(settings: Settings) -> Check:
    folder = Path(settings.chronos_weights)
    if (folder / "config.json").is_file() and any(folder.glob("*.safetensors")):
        return Check("forecast weights", Status.OK, str(folder))
    if folder.exists() or folder.is_absolute():
        return Check("forecast weights", Status.WARNING, f"none in {folder}: the statistical models serve alone")
    return Check(
        "forecast weights", Status.WARNING, f"{folder} comes from the model hub; if out of reach, statistics serve"
    )


def _space(home: Path) -> Check:
    folder = next(parent for parent in (home.resolve(), *home.resolve().parents) if parent.exists())
    free = shutil.disk_usage(folder).free
    status = Status.OK if free > SPACE_FOR_A_RUN else Status.WARNING if free > SPACE_FOR_A_RUN // 10 else Status.BROKEN
    return Check("disk space", status, f"{free / 1024**3:.1f} GiB free in {folder}")


def _workspace(workspace: Workspace, _settings: Settings) -> Check:
    description = workspace.describe()
    as_of = f"as of {description.as_of_at:%Y-%m-%d %H:%M} UTC" if description.as_of_at else "as of the newest sale"
    return Check(
        "workspace", Status.OK, f"{workspace.root} ({description.kind}, {description.reporting_currency}, {as_of})"
    )


def _sources(workspace: Workspace, _settings: Settings) -> Check:
    from pipelines.ingest import connected_sources
    from pipelines.inputs import incoming_files

    names = connected_sources(workspace)
    files = incoming_files(workspace)
    unreadable = [str(path) for path in files if not _is_readable(path)]
    if unreadable:
        return Check("sources", Status.BROKEN, f"cannot be read: {', '.join(unreadable[:3])}")
    if "files" in names and not files:
        return Check("sources", Status.BROKEN, f"the files source finds no file; see `path` in {workspace.sources}")
    counted = f" ({len(files)} files)" if "files" in names else ""
    return Check("sources", Status.OK, f"{', '.join(names)}{counted}")


def _secrets(workspace: Workspace, settings: Settings) -> Check:
    """Credentials of the connected sources, and that nobody else can read those that are kept."""
    from connectors import read_sources
    from connectors.credentials import CREDENTIALS, credential, kept_credentials

    kept = kept_credentials(workspace)
    needed = [name for source in read_sources(workspace) for name in CREDENTIALS.get(source.type, ())]
    for name in needed:
        credential(workspace, settings, name)
    where = f", {len(kept)} kept in {workspace.root / 'secrets'}" if kept else ""
    return Check("secrets", Status.OK, f"{len(needed)} needed{where}")


def _servers(workspace: Workspace, settings: Settings) -> Iterator[Check]:
    """The check that `connect` made, again, for each connected server."""
    from connectors import SYSTEMS, read_sources

    try:
        sources = [source for source in read_sources(workspace) if source.type in SYSTEMS]
    except TillsightError:
        return  # the check "sources" says so
    for source in sources:
        print_note(f"Looking at {source.type} (at most {LONGEST_LOOK_SECONDS:.0f} seconds) …")
        yield _server(source, workspace, settings)


def _server(source: SourceConfig, workspace: Workspace, settings: Settings) -> Check:
    from cli.checkups import found_lines, look, problem_lines

    name = f"source {source.type}"
    try:
        found = look(source, workspace, settings, LONGEST_LOOK_SECONDS)
    except TillsightError as error:
        return Check(name, Status.BROKEN, str(error))
    status = Status.OK if not found.problems else Status.WARNING if found.is_usable else Status.BROKEN
    return Check(name, status, "; ".join(found_lines(found)), tuple(problem_lines(found)))


def _is_readable(path: Path) -> bool:
    try:
        with path.open("rb") as handle:
            handle.read(1)
    except OSError:
        return False
    return True


def _operational_store(workspace: Workspace, settings: Settings) -> Check:
    from retail.operational.database import open_store

    engine = open_store(workspace, settings)
    shown = engine.url.render_as_string(hide_password=True)
    engine.dispose()
    return Check("operational store", Status.OK, shown)


def _last_run(workspace: Workspace, settings: Settings) -> Check:
    from retail.operational.run_log import RunLog, RunStatus

    run_log = RunLog.open(workspace, settings)
    last = next(iter(run_log.runs(limit=1)), None)
    run_log.close()
    if last is None:
        return Check("last run", Status.WARNING, "there has been none; start one with `tillsight run`")
    detail = f"{last.status} ({last.trigger}, {last.started_at:%Y-%m-%d %H:%M} UTC)"
    if last.message:
        detail += f": {last.message}"
    if last.status is RunStatus.FAILED:
        return Check("last run", Status.BROKEN, detail)
    is_fine = last.status in {RunStatus.SUCCEEDED, RunStatus.RUNNING} and last.message is None
    return Check("last run", Status.OK if is_fine else Status.WARNING, detail)


def _published(workspace: Workspace, settings: Settings) -> Check:
    try:
        run = workspace.published().run
    except NothingPublished as error:
        return Check("published data", Status.WARNING, str(error))
    detail = f"{sum(run.tables.values()):,} rows, published {run.published_at:%Y-%m-%d %H:%M} UTC"
    is_stale = datetime.now(UTC) - run.published_at > timedelta(hours=settings.freshness_hours)
    if is_stale and workspace.describe().kind == "real":
        return Check("published data", Status.WARNING, f"{detail}: older than {settings.freshness_hours} hours")
    return Check("published data", Status.OK, detail)
