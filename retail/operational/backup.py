"""Backup and restore of what cannot be rebuilt: the operational store, and how the workspace is set up.

A backup is a tar.gz of `backup.json` (what it is, with a checksum per file), `operational.sqlite`, and the workspace's
own YAML and JSON files. It can be taken while anything runs: SQLite's backup interface copies a consistent state.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final

from pydantic import AwareDatetime, BaseModel

from retail.errors import ConfigurationError, UnusableRequest
from retail.operational.database import open_store
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create

MANIFEST: Final = "backup.json"
DATABASE: Final = "operational.sqlite"
DESCRIPTION: Final = "workspace.json"
FORMAT: Final = 1
SUFFIXES: Final = frozenset({".json", ".yaml", ".yml"})
NOT_OURS: Final = frozenset({"dagster", "dbt", "dlt", "incoming", "secrets", "serving"})
"""Folders of the workspace that sources or tools fill and a run makes again, and the one whose content stays here."""


class BackupFile(BaseModel):
    """One file in a backup: its length in bytes and SHA-256."""

    size: int
    sha256: str


class BackupManifest(BaseModel):
    """What `backup.json` says."""

    format: int
    workspace: str
    created_at: AwareDatetime
    files: dict[str, BackupFile]


def backup(workspace: Workspace, settings: Settings, path: Path) -> BackupManifest:
    """Write a backup of a workspace to a file, replacing one of that name only when the new one is whole.

    Raises:
        ConfigurationError: The operational store is not SQLite.
        UnusableRequest: The file cannot be written.
    """
    _must_be_sqlite(settings)
    open_store(workspace, settings).dispose()
    try:
        with tempfile.TemporaryDirectory(dir=workspace.root, prefix=".backup-") as folder:
            database = Path(folder) / DATABASE
            _copy_database(workspace.operational_database, database)
            files = {DATABASE: database, **_own_files(workspace)}
            manifest = BackupManifest(
                format=FORMAT,
                workspace=workspace.name,
                created_at=datetime.now(UTC),
                files={name: _describe(file) for name, file in files.items()},
            )
            _write_archive(path, manifest, files)
    except OSError as error:
        raise UnusableRequest(f"The backup {path} cannot be written: {error}. Choose another place.") from error
    return manifest


def restore(home: Path, settings: Settings, path: Path, *, name: str | None = None, force: bool = False) -> Workspace:
    """Bring a workspace back from a backup. Nothing is touched before the whole backup has been verified.

    Args:
        home: Folder of the workspaces.
        settings: Settings; the operational store must be SQLite.
        path: The backup.
        name: Name of the workspace to restore to; null means the one that was backed up.
        force: Whether to replace what an existing workspace holds.

    Raises:
        UnusableRequest: The file is no backup or is damaged, or the workspace exists and `force` is not given.
        WorkspaceBusy: A run holds the workspace.
    """
    _must_be_sqlite(settings)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as temporary:
        folder = Path(temporary)
        manifest = _read_archive(path, folder)
        description = WorkspaceDescription.model_validate_json((folder / DESCRIPTION).read_text())
        existing = home / (name or manifest.workspace)
        if (existing / DESCRIPTION).exists() and not force:
            raise UnusableRequest(
                f"Workspace {existing.name!r} exists in {home}. Give another name with --workspace, or replace its "
                "decisions and configuration with --force."
            )
        workspace = create(home, existing.name, description)
        with workspace.locked():
            _copy_database(folder / DATABASE, workspace.operational_database)
            for file in manifest.files:
                if file != DATABASE:
                    target = workspace.root / file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    (folder / file).replace(target)
        open_store(workspace, settings).dispose()
    return workspace


def _must_be_sqlite(settings: Settings) -> None:
    if settings.operational_url is not None:
        raise ConfigurationError(
            "The operational store is the database at TILLSIGHT_OPERATIONAL_URL: back it up with that database's own "
            "tools, such as pg_dump, and copy workspace.json and sources.yaml beside it."
        )


def _own_files(workspace: Workspace) -> dict[str, Path]:
    """The workspace's own configuration, by the name it has in the backup."""
    files = {}
    for path in sorted(workspace.root.rglob("*")):
        relative = PurePosixPath(path.relative_to(workspace.root).as_posix())
        if path.is_file() and not path.is_symlink() and _is_own(relative):
            files[str(relative)] = path
    return files


def _is_own(relative: PurePosixPath) -> bool:
    is_hidden = any(part.startswith(".") for part in relative.parts)
    return relative.suffix in SUFFIXES and not is_hidden and relative.parts[0] not in NOT_OURS


def _describe(path: Path) -> BackupFile:
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return BackupFile(size=path.stat().st_size, sha256=digest)


def _copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database as one state, whoever reads or writes either of the two meanwhile."""
    with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(target, timeout=30)) as new:
        old.backup(new)


def _write_archive(path: Path, manifest: BackupManifest, files: dict[str, Path]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as handle:
            with tarfile.open(fileobj=handle, mode="w:gz") as archive:
                text = manifest.model_dump_json(indent=2).encode()
                header = tarfile.TarInfo(MANIFEST)
                header.size = len(text)
                archive.addfile(header, io.BytesIO(text))
                for name, file in files.items():
                    archive.add(file, name, recursive=False)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.chmod(0o600)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _read_archive(path: Path, folder: Path) -> BackupManifest:
    """Unpack a backup into an empty folder: only the files it declares, each verified."""
    with _explaining_damage(path), tarfile.open(path, mode="r:gz") as archive:
        first = archive.next()
        if first is None or first.name != MANIFEST:
            raise ValueError("it does not begin with backup.json")
        manifest = BackupManifest.model_validate_json(_content(archive, first))
        if manifest.format != FORMAT:
            raise ValueError(f"its format {manifest.format} is not known; use the Tillsight that made it")
        if not {DATABASE, DESCRIPTION} <= set(manifest.files):
            raise ValueError("it lacks the operational store or workspace.json")
        for member in archive:
            if member.name != MANIFEST:
                _unpack(archive, member, manifest, folder)
        missing = [name for name in manifest.files if not (folder / name).is_file()]
        if missing:
            raise ValueError(f"{missing[0]} is missing")
        _must_be_sound(folder / DATABASE)
    return manifest


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, manifest: BackupManifest, folder: Path) -> None:
    declared = manifest.files.get(member.name)
    relative = PurePosixPath(member.name)
    is_safe = not relative.is_absolute() and ".." not in relative.parts
    if declared is None or not member.isfile() or not is_safe or not (member.name == DATABASE or _is_own(relative)):
        raise ValueError(f"{member.name!r} does not belong into a backup")
    if member.size != declared.size:
        raise ValueError(f"{member.name} has not the length that backup.json says")
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    source = archive.extractfile(member)
    assert source is not None
    with source, target.open("xb") as handle:
        shutil.copyfileobj(source, handle)
    if _describe(target) != declared:
        raise ValueError(f"the checksum of {member.name} is wrong")


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    source = archive.extractfile(member) if member.isfile() else None
    if source is None:
        raise ValueError(f"{member.name} is no file")
    with source:
        return source.read()


def _must_be_sound(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        answer = connection.execute("PRAGMA integrity_check").fetchone()
    if answer != ("ok",):
        raise ValueError("its operational store is damaged")


@contextmanager
def _explaining_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, ValueError, tarfile.TarError, sqlite3.DatabaseError) as error:
        raise UnusableRequest(f"{path} cannot be restored: {error}. Nothing was changed.") from error
