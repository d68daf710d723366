"""Connectors: read a source, never write to it, and put what it says into `raw_<source>`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from connectors import files
from connectors.checkup import Checkup
from connectors.configuration import read_sources
from connectors.files.settings import FilesSource
from connectors.report import LoadReport, TableReport
from connectors.source import SourceConfig
from retail.errors import ConfigurationError
from retail.progress import Progress
from retail.settings import Settings
from retail.workspace import Workspace

if TYPE_CHECKING:
    from connectors.incremental import Source

__all__ = ["SYSTEMS", "Checkup", "LoadReport", "SourceConfig", "TableReport", "check", "load", "read_sources"]

SYSTEMS: Final = ("odoo", "erpnext", "ospos", "inventree")
"""Types of sources that are servers: they are logged in to, and can be looked at before anything is loaded."""


class _Check(Protocol):
    def __call__(self, source: SourceConfig, workspace: Workspace, settings: Settings) -> Checkup: ...


class _Open(Protocol):
    def __call__(self, source: SourceConfig, workspace: Workspace, settings: Settings) -> Source: ...


def check(source: SourceConfig, workspace: Workspace, settings: Settings) -> Checkup:
    """Log in to a server and look around; nothing is loaded or written.

    Raises:
        ConfigurationError: The source's settings are wrong, or it is no server.
        SourceError: It could not even be asked; what is merely missing is in the answer's `problems`.
    """
    if source.type not in SYSTEMS:
        raise ConfigurationError(f"Sources of type {source.type!r} are no server that can be asked.")
    # Imported by name, so that looking at one system does not import the libraries of the others.
    look = cast("_Check", import_module(f"connectors.{source.type}").check)
    return look(source, workspace, settings)


def load(
    source: SourceConfig,
    workspace: Workspace,
    settings: Settings,
    progress: Progress,
    *,
    is_deep: bool = False,
) -> LoadReport:
    """Bring a source's raw tables up to date: only what changed is read, and running twice changes nothing.

    The caller holds the workspace's lock. `is_deep` asks now for what is otherwise done once a day: the wide re-read of
    what changes without a trace, and the comparison of keys that finds deletions.

    Raises:
        ConfigurationError: The source's settings are wrong.
        SourceError: The source cannot be read at all; parts that cannot be read are in the report's `errors`.
        PipelineError: The warehouse could not be written.
    """
    if isinstance(source, FilesSource):
        return files.load(source, workspace, settings, progress)
    # Imported when needed: dlt and the systems' libraries take a second that looking at a configuration has not.
    from connectors.incremental import load_source

    opened = cast("_Open", import_module(f"connectors.{source.type}").open_source)(source, workspace, settings)
    try:
        return load_source(source, workspace, settings, progress, opened, is_deep=is_deep)
    finally:
        opened.close()
