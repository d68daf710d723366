"""Connecting a server: ask, look, show, and only then write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import typer

from cli.answers import Options, is_elsewhere, secrets_of, source_of
from cli.asking import asked, checked_currency, checked_zone, confirmed, is_at_terminal
from cli.checkups import found_lines, look, problem_lines
from cli.joining import Entry, Joining, joining, save
from cli.output import print_json, print_line, print_note
from cli.systems import SYSTEMS, System, is_local
from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from cli.context import CliContext
    from connectors import Checkup, SourceConfig
    from retail.settings import Settings
    from retail.workspace import WorkspaceDescription

LONGEST_LOOK_SECONDS: Final = 600.0
"""How long a server may take to be looked at; counting the sales of a big one takes a while."""


def connect_system(command: CliContext, source_type: str, options: Options) -> None:
    """Connect a server to the workspace, or update the one of its type that is connected.

    Raises:
        UnusableRequest: Something is missing or wrong that can be said before asking the server.
        SourceError: The server could not be asked.
        Exit: It was asked and something stands in the way (status 1).
        Abort: The person said no.
    """
    system = SYSTEMS[source_type]
    place = joining(command)
    old = place.entry(source_type)
    _must_fit(system, place, old, options)
    source = source_of(system, place, options)
    typed = secrets_of(system, source, place, command.settings, options)
    print_note(f"Looking at {system.name} …")
    found = _looked_at(place, source, _with(command.settings, typed), options)
    _show(found, options)
    if not found.is_usable:
        _refuse(system, found, options)
    description = place.description or _described(found, options)
    is_other = is_elsewhere(system, source, old)
    _warn(system, source, found, description, is_other=is_other)
    if not options.yes and not confirmed(_question(system, place, old, description), default=not is_other):
        raise typer.Abort
    save(place, _entry(source, old), description, secrets=typed)
    if options.as_json:
        print_json({"workspace": place.workspace.name, "sources": place.workspace.sources, "found": asdict(found)})
        return
    print_line(
        f"{system.name} is connected to workspace {place.workspace.name}. Load and publish with "
        f"`tillsight --workspace {place.workspace.name} run`."
    )


def _must_fit(system: System, place: Joining, old: Entry | None, options: Options) -> None:
    """Refuse what cannot become of use whatever the server says."""
    name = place.workspace.name
    if old and not options.yes and not is_at_terminal():
        raise UnusableRequest(
            f"{system.name} is connected already in workspace {name!r}. --yes updates its entry; --workspace connects "
            "another business."
        )
    if place.description and options.currency not in (None, place.description.reporting_currency):
        raise UnusableRequest(
            f"Workspace {name!r} reports in {place.description.reporting_currency}, and one business reports in one "
            "currency. Leave --currency out, or use --workspace."
        )


def _with(settings: Settings, typed: Mapping[str, str]) -> Settings:
    """The settings with credentials that are kept nowhere yet."""
    from pydantic import SecretStr

    return settings.model_copy(update={name: SecretStr(text) for name, text in typed.items()})


def _looked_at(place: Joining, source: SourceConfig, settings: Settings, options: Options) -> Checkup:
    """Look at the server as the pipeline would; without a workspace, in one that lasts as long as the look."""
    from retail.workspace import WorkspaceDescription, create

    if place.description is not None:
        return look(source, place.workspace, settings, LONGEST_LOOK_SECONDS)
    description = WorkspaceDescription(
        kind="real", created_at=datetime.now(UTC), default_time_zone=options.time_zone or "UTC"
    )
    with TemporaryDirectory(prefix="tillsight-") as folder:
        return look(source, create(Path(folder), "look", description), settings, LONGEST_LOOK_SECONDS)


def _show(found: Checkup, options: Options) -> None:
    say = print_note if options.as_json else print_line
    for line in (*found_lines(found), *problem_lines(found)):
        say(f"  {line}")


def _refuse(system: System, found: Checkup, options: Options) -> None:
    message = f"{system.name} cannot be connected yet. Nothing was written."
    if options.as_json:
        error = {"code": "source", "message": message}
        print_json({"workspace": None, "sources": None, "found": asdict(found), "error": error})
    print_note(f"tillsight: {message}")
    raise typer.Exit(1)


def _described(found: Checkup, options: Options) -> WorkspaceDescription:
    """A new workspace: currency and time zone as given, else as the source says, else as the person says."""
    from retail.workspace import WorkspaceDescription

    currency = options.currency or found.currency or asked("Currency that you report in (such as EUR)", "--currency")
    zone = (
        options.time_zone or found.time_zone or asked("Time zone of your shops (such as Europe/Paris)", "--time-zone")
    )
    return WorkspaceDescription(
        kind="real",
        created_at=datetime.now(UTC),
        reporting_currency=checked_currency(currency),
        default_time_zone=checked_zone(zone),
    )


def _question(system: System, place: Joining, old: Entry | None, description: WorkspaceDescription) -> str:
    """What is about to be written, with what a new workspace cannot easily be given otherwise later."""
    name = place.workspace.name
    if place.description is None:
        what = f"{description.reporting_currency}, {description.default_time_zone}"
        return f"Connect {system.name} to the new workspace {name} ({what})?"
    return f"{'Update' if old else 'Connect'} {system.name} in workspace {name}?"


def _warn(
    system: System, source: SourceConfig, found: Checkup, description: WorkspaceDescription, *, is_other: bool
) -> None:
    """Say what is worth knowing before anything is written."""
    if found.currency and found.currency != description.reporting_currency:
        print_note(
            f"  {system.name} sells in {found.currency} and you report in {description.reporting_currency}: amounts of "
            "days without an exchange rate stay empty."
        )
    scheme, _, rest = str(getattr(source, "url", "")).partition("://")
    if scheme == "http" and not is_local(rest.partition("/")[0].partition(":")[0]):
        print_note("  The address begins with http: the key can be read on the way. Use https where you can.")
    if is_other:
        print_note(
            "  This is another server or database than before. For another business use --workspace; if it is the same "
            "one, delete warehouse.duckdb in the workspace, so that everything is read anew."
        )


def _entry(source: SourceConfig, old: Entry | None) -> Entry:
    """The entry as it is kept: what differs from the defaults, and what it said before."""
    values = source.model_dump(mode="json")
    told = source.model_dump(mode="json", exclude_defaults=True)
    return {name: values[name] for name in {"type": None, **(old or {}), **told}}
