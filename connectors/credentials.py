"""Credentials of sources: from the environment, the secrets folder, or a private file in the workspace."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from retail.errors import ConfigurationError
from retail.settings import Settings
from retail.workspace import Workspace

CREDENTIALS: Final[dict[str, tuple[str, ...]]] = {
    "odoo": ("odoo_api_key",),
    "erpnext": ("erpnext_api_key", "erpnext_api_secret"),
    "ospos": ("ospos_password",),
    "inventree": ("inventree_token",),
}
"""What each system is logged in to with: names of settings, and of files in the workspace's `secrets` folder."""


def credential(workspace: Workspace, settings: Settings, name: str) -> str:
    """A credential: the setting of that name (`odoo_api_key`), else the workspace's file `secrets/<name>`.

    Raises:
        ConfigurationError: It is in neither place, or others than its owner can read the file. Never shows it.
    """
    given: SecretStr | None = getattr(settings, name)
    if given is not None:
        return given.get_secret_value()
    kept = read_private_file(workspace, name)
    if kept is None:
        raise ConfigurationError(
            f"There is no {name.replace('_', ' ')}. Set TILLSIGHT_{name.upper()}, or run `tillsight connect` again, "
            f"which keeps it in {_folder(workspace) / name}."
        )
    return kept


def read_private_file(workspace: Workspace, name: str) -> str | None:
    """The text of a file that only its owner may read; None where there is none.

    Raises:
        ConfigurationError: Others may read it, or it cannot be read.
    """
    path = _folder(workspace) / name
    try:
        if path.stat().st_mode & 0o077 or path.parent.stat().st_mode & 0o077:
            raise ConfigurationError(
                f"Others may read {path}. Close it to them: `chmod 700 {path.parent}` and `chmod 600 {path}`."
            )
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error


def kept_credentials(workspace: Workspace) -> list[str]:
    """Names of the files in the workspace's `secrets` folder.

    Raises:
        ConfigurationError: Others than its owner may read one of them, or it cannot be read.
    """
    folder = _folder(workspace)
    try:
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be read: {error}.") from error
    for name in names:
        read_private_file(workspace, name)
    return names


def write_private_file(workspace: Workspace, name: str, text: str) -> Path:
    """Keep a text in a file that only its owner may read, replacing one of that name; return its path."""
    folder = _folder(workspace)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    new = folder / f".{name}.new"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text + "\n")
    new.replace(path)
    return path


def _folder(workspace: Workspace) -> Path:
    return workspace.root / "secrets"
