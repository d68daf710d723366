"""`tillsight connect files`: make a workspace for a real shop and look whether its files can be read."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import of
from cli.output import print_json, print_line
from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from connectors.files.settings import FilesSource
    from retail.workspace import Workspace

app = typer.Typer(help="Connect a source to a workspace.", rich_markup_mode=None)


@app.callback()
def connect() -> None:
    """Connect a source to a workspace."""


@app.command("files")
def files(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="Folder with CSV or Parquet files, named as in docs/connect/files.md.")
    ],
    currency: Annotated[str | None, typer.Option(help="ISO 4217 code to report in, such as EUR.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA name, such as Europe/Paris.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="YAML file that says how your columns fill the template.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Make the workspace of a real shop whose sales come as files. Reads headers only; `tillsight run` loads them."""
    from connectors.files.preview import preview
    from retail.workspace import MAIN, WorkspaceDescription, create

    command = of(context)
    currency = _checked_currency(currency or _asked("Currency that you report in (such as EUR)", "--currency"))
    time_zone = _checked_zone(time_zone or _asked("Time zone of your shops (such as Europe/Paris)", "--time-zone"))
    name = command.workspace_name or command.settings.workspace or MAIN
    root = command.settings.home.resolve() / name
    if (root / "sources.yaml").exists():
        raise UnusableRequest(
            f"Workspace {name!r} is connected already. Edit {root / 'sources.yaml'}, or use --workspace."
        )
    source, mapping_text = _source(folder, mapping)
    found = preview(source, folder)
    description = WorkspaceDescription(
        kind="real", created_at=datetime.now(UTC), reporting_currency=currency, default_time_zone=time_zone
    )
    workspace = create(command.settings.home, name, description)
    _write_sources(workspace, source, mapping_text)
    if as_json:
        print_json({"workspace": workspace.name, "sources": workspace.sources, **asdict(found)})
        return
    for file, tables in found.files.items():
        print_line(f"  {file}: {', '.join(tables)}")
    for file, reason in found.ignored.items():
        print_line(f"  {file}: left out, {reason}")
    print_line(f"Workspace {workspace.name} is connected. Load and publish with `tillsight --workspace {name} run`.")


def _source(folder: Path, mapping: Path | None) -> tuple[FilesSource, str | None]:
    """The entry for `sources.yaml`, and the mapping's text, which goes into the workspace."""
    from connectors.files.settings import FilesSource

    if not folder.is_dir():
        raise UnusableRequest(f"There is no folder {folder}.")
    text = None
    if mapping is not None:
        try:
            text = mapping.read_text()
        except (OSError, UnicodeError) as error:
            raise UnusableRequest(f"The mapping {mapping} cannot be read: {error}.") from error
    return FilesSource(type="files", path=folder.resolve(), mapping=mapping and mapping.resolve()), text


def _write_sources(workspace: Workspace, source: FilesSource, mapping_text: str | None) -> None:
    import yaml

    from retail.workspace import write_atomically

    entry = {"type": source.type, "path": str(source.path)}
    if mapping_text is not None:
        write_atomically(workspace.root / "mapping.yaml", mapping_text)
        entry["mapping"] = "mapping.yaml"
    write_atomically(workspace.sources, yaml.safe_dump({"sources": [entry]}, sort_keys=False))


def _asked(question: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise UnusableRequest(f"Say {option}: {question.lower()}.")
    return str(typer.prompt(question, err=True))


def _checked_currency(code: str) -> str:
    upper = code.strip().upper()
    if len(upper) != 3 or not upper.isascii() or not upper.isalpha():
        raise UnusableRequest(f"{code!r} is no ISO 4217 currency code such as EUR.")
    return upper


def _checked_zone(name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnusableRequest(f"{name!r} is no IANA time zone such as Europe/Paris.") from error
