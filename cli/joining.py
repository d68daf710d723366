"""The workspace that a source joins: one that is there, or a new one that appears whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from cli.context import CliContext
    from retail.workspace import Workspace, WorkspaceDescription

Entry = dict[str, object]
"""One entry of `sources.yaml`."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Where a source goes.

    Attributes:
        workspace: The workspace; its folder need not exist yet.
        description: What `workspace.json` says; None for a new workspace.
        entries: What `sources.yaml` holds already.
    """

    workspace: Workspace
    description: WorkspaceDescription | None
    entries: tuple[Entry, ...]

    def entry(self, source_type: str) -> Entry | None:
        """The entry of a source that is connected already."""
        return next((entry for entry in self.entries if entry["type"] == source_type), None)


def joining(command: CliContext) -> Joining:
    """The workspace that `--workspace` names, else `main`.

    Raises:
        UnusableRequest: It is a demo, or has no proper name.
        ConfigurationError: Its files cannot be read.
    """
    from retail.workspace import MAIN, located

    workspace = located(command.settings.home.resolve(), command.workspace_name or command.settings.workspace or MAIN)
    is_there = (workspace.root / "workspace.json").exists()
    description = workspace.describe() if is_there else None
    if description is not None and description.kind == "demo":
        raise UnusableRequest(
            f"Workspace {workspace.name!r} is a demo, and demo data never joins a real shop. Use --workspace."
        )
    return Joining(workspace, description, _entries(workspace))


def save(
    place: Joining,
    entry: Entry,
    description: WorkspaceDescription,
    *,
    secrets: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
) -> None:
    """Put a source into its workspace, in place of an entry of its type.

    A new workspace is made aside and moved into place in one step. In one that is there, secrets and files come before
    the entry that needs them, so that a process killed in between leaves what was connected before as it was.

    Args:
        place: The workspace, as it was found.
        entry: The entry for `sources.yaml`.
        description: What `workspace.json` of a new workspace says.
        secrets: Credentials to keep, by name.
        files: Other files of the workspace, such as a mapping, by name.

    Raises:
        UnusableRequest: A workspace of that name has appeared meanwhile.
    """
    from retail.workspace import create

    home, name = place.workspace.root.parent, place.workspace.name
    if place.workspace.root.exists():
        _write(place.workspace, entry, secrets or {}, files or {})
        create(home, name, description)
        return
    home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home, prefix=".connect-") as folder:
        made = create(home / folder, name, description)
        _write(made, entry, secrets or {}, files or {})
        try:
            made.root.rename(place.workspace.root)
        except OSError as error:
            raise UnusableRequest(f"{place.workspace.root} has appeared meanwhile. Nothing was written.") from error


def _write(workspace: Workspace, entry: Entry, secrets: Mapping[str, str], files: Mapping[str, str]) -> None:
    import yaml

    from connectors.credentials import write_private_file
    from retail.workspace import write_atomically

    for name, secret in secrets.items():
        write_private_file(workspace, name, secret)
    for name, text in files.items():
        write_atomically(workspace.root / name, text)
    entries = [entry if old["type"] == entry["type"] else old for old in _entries(workspace)]
    if entry not in entries:
        entries.append(entry)
    write_atomically(workspace.sources, yaml.safe_dump({"sources": entries}, sort_keys=False))


def _entries(workspace: Workspace) -> tuple[Entry, ...]:
    """The entries of `sources.yaml` as they stand, once they have been found to be valid."""
    from connectors import read_sources
    from connectors.yaml_file import read_yaml

    if not workspace.sources.exists():
        return ()
    read_sources(workspace)
    content = read_yaml(workspace.sources)
    assert isinstance(content, dict)
    return tuple(dict(entry) for entry in content["sources"])
