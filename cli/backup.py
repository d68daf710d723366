"""`tillsight backup` and `tillsight restore`: what no re-sync brings back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.context import of
from cli.output import print_line


def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="The backup to write, such as backup.tar.gz.")]
) -> None:
    """Save decisions, run log and configuration of the workspace to a file. May run while anything else does."""
    from retail.operational.backup import backup as write_backup

    command = of(context)
    workspace = command.workspace()
    manifest = write_backup(workspace, command.settings, file)
    print_line(f"Workspace {workspace.name} is saved in {file}: {len(manifest.files)} files, checksums inside.")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup made by `tillsight backup`.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what an existing workspace holds.")] = False,
) -> None:
    """Bring a workspace back from a backup. Sales are not in it: `tillsight run` reads them from the sources again."""
    from retail.operational.backup import restore as read_backup

    command = of(context)
    home = command.settings.home.resolve()
    workspace = read_backup(home, command.settings, file, name=command.workspace_name, force=force)
    print_line(
        f"Workspace {workspace.name} is restored. Run `tillsight --workspace {workspace.name} run` to rebuild it."
    )
