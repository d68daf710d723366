"""Backup and restore: nothing that cannot be rebuilt is lost, and no archive writes where it should not."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.credentials import write_private_file
from retail.errors import ConfigurationError, UnusableRequest, WorkspaceBusy
from retail.operational.backup import backup, restore
from retail.operational.run_log import RunLog
from retail.settings import Settings
from retail.workspace import Workspace


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "other-home")


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace], settings: Settings) -> Workspace:
    made = make_workspace()
    made.sources.write_text("sources:\n  - type: files\n    mapping: mappings/till.yaml\n")
    (made.root / "mappings").mkdir()
    (made.root / "mappings" / "till.yaml").write_text("version: 1\n")
    (made.incoming / "ids.json").write_text("{}")
    log = RunLog.open(made, settings)
    log.start("r1", "command")
    log.finish("r1", "r1")
    log.close()
    return made


def test_what_was_backed_up_comes_back(workspace: Workspace, settings: Settings, tmp_path: Path) -> None:
    manifest = backup(workspace, settings, tmp_path / "b.tar.gz")
    assert set(manifest.files) == {"operational.sqlite", "workspace.json", "sources.yaml", "mappings/till.yaml"}
    restored = restore(settings.home, settings, tmp_path / "b.tar.gz")
    assert restored.describe() == workspace.describe()
    assert (restored.root / "mappings" / "till.yaml").read_text() == "version: 1\n"
    assert [run.run_id for run in RunLog.open(restored, settings).runs()] == ["r1"]


def test_a_backup_never_holds_a_credential(workspace: Workspace, settings: Settings, tmp_path: Path) -> None:
    write_private_file(workspace, "odoo_api_key", "planted-secret")
    write_private_file(workspace, "service-account.json", '{"key": "planted-secret"}')
    (workspace.root / "secrets" / "old").mkdir(mode=0o700)
    (workspace.root / "secrets" / "old" / "keys.yaml").write_text("planted-secret")
    manifest = backup(workspace, settings, tmp_path / "b.tar.gz")
    assert not [name for name in manifest.files if "secret" in name]
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        contents = [file.read() for member in archive if (file := archive.extractfile(member)) is not None]
    assert not [content for content in contents if b"planted-secret" in content]


def test_a_credential_is_not_restored_over(workspace: Workspace, settings: Settings, tmp_path: Path) -> None:
    backup(workspace, settings, tmp_path / "b.tar.gz")
    kept = write_private_file(workspace, "odoo_api_key", "current")
    restore(workspace.root.parent, settings, tmp_path / "b.tar.gz", force=True)
    assert kept.read_text() == "current\n"


def test_a_backup_taken_while_the_store_is_written_holds_one_state(
    workspace: Workspace, settings: Settings, tmp_path: Path
) -> None:
    log = RunLog.open(workspace, settings)
    log.start("r2", "command")
    writer = sqlite3.connect(workspace.operational_database)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM runs")
    backup(workspace, settings, tmp_path / "b.tar.gz")
    writer.rollback()
    restored = restore(settings.home, settings, tmp_path / "b.tar.gz")
    assert [run.run_id for run in RunLog.open(restored, settings).runs()] == ["r2", "r1"]


def test_restoring_over_a_workspace_needs_force(workspace: Workspace, settings: Settings, tmp_path: Path) -> None:
    backup(workspace, settings, tmp_path / "b.tar.gz")
    home = workspace.root.parent
    workspace.sources.write_text("sources: []\n")
    RunLog.open(workspace, settings).start("later", "command")
    with pytest.raises(UnusableRequest, match="--force"):
        restore(home, settings, tmp_path / "b.tar.gz")
    assert workspace.sources.read_text() == "sources: []\n"
    restore(home, settings, tmp_path / "b.tar.gz", force=True)
    assert "mapping" in workspace.sources.read_text()
    assert [run.run_id for run in RunLog.open(workspace, settings).runs()] == ["r1"]


def test_restoring_waits_for_no_run(workspace: Workspace, settings: Settings, tmp_path: Path) -> None:
    backup(workspace, settings, tmp_path / "b.tar.gz")
    with workspace.locked(), pytest.raises(WorkspaceBusy):
        restore(workspace.root.parent, settings, tmp_path / "b.tar.gz", force=True)


@pytest.mark.parametrize("size", [0, 10, 200, -40])
def test_a_cut_off_backup_changes_nothing(workspace: Workspace, settings: Settings, tmp_path: Path, size: int) -> None:
    path = tmp_path / "b.tar.gz"
    backup(workspace, settings, path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(UnusableRequest, match=r"b\.tar\.gz cannot be restored.*Nothing was changed"):
        restore(settings.home, settings, path)
    assert list(settings.home.iterdir()) == []


def test_a_changed_file_is_found_by_its_checksum(workspace: Workspace, settings: Settings, tmp_path: Path) -> None:
    backup(workspace, settings, tmp_path / "b.tar.gz")
    changed = _rewrite(tmp_path / "b.tar.gz", lambda name, data: data.replace(b"files", b"filez"))
    with pytest.raises(UnusableRequest, match=r"checksum of sources\.yaml"):
        restore(settings.home, settings, changed)


@pytest.mark.parametrize(
    "name",
    ["../escaped.yaml", "/tmp/escaped.yaml", "incoming/sales.yaml", "x.py", "a/../../escaped.yaml", ".hidden.yaml"],
)
def test_a_file_that_does_not_belong_there_is_refused(
    workspace: Workspace, settings: Settings, tmp_path: Path, name: str
) -> None:
    backup(workspace, settings, tmp_path / "b.tar.gz")
    crafted = _rewrite(tmp_path / "b.tar.gz", extra={name: b"version: 1\n"})
    with pytest.raises(UnusableRequest, match="does not belong into a backup"):
        restore(settings.home, settings, crafted)
    assert not list(tmp_path.rglob("escaped.yaml"))


def test_a_link_in_a_backup_is_refused(workspace: Workspace, settings: Settings, tmp_path: Path) -> None:
    backup(workspace, settings, tmp_path / "b.tar.gz")
    crafted = _rewrite(tmp_path / "b.tar.gz", link="sources.yaml")
    with pytest.raises(UnusableRequest, match="does not belong into a backup"):
        restore(settings.home, settings, crafted)


def test_a_backup_that_cannot_be_written_leaves_the_old_one(
    workspace: Workspace, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(UnusableRequest, match="cannot be written"):
        backup(workspace, settings, tmp_path / "no" / "such" / "folder.tar.gz")
    assert not list(workspace.root.glob(".backup-*"))


def test_another_database_is_left_to_its_own_tools(workspace: Workspace, tmp_path: Path) -> None:
    settings = Settings(operational_url="postgresql://localhost/tillsight")
    with pytest.raises(ConfigurationError, match="pg_dump"):
        backup(workspace, settings, tmp_path / "b.tar.gz")


def _rewrite(
    path: Path,
    change: Callable[[str, bytes], bytes] = lambda _name, data: data,
    extra: dict[str, bytes] | None = None,
    link: str | None = None,
) -> Path:
    """A copy of a backup with files changed (under their old checksums), added (and declared), or made a link."""
    target = path.with_name("crafted.tar.gz")
    with tarfile.open(path) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            source = old.extractfile(member)
            assert source is not None
            data = source.read()
            if member.name == "backup.json":
                manifest = json.loads(data)
                for name, content in (extra or {}).items():
                    manifest["files"][name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                data = json.dumps(manifest).encode()
            elif member.name == link:
                member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
                data = b""
            else:
                data = change(member.name, data)
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
        for name, content in (extra or {}).items():
            added = tarfile.TarInfo(name)
            added.size = len(content)
            new.addfile(added, io.BytesIO(content))
    return target
