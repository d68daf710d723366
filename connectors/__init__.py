"""Connectors: read a source, never write to it, and put what it says into `raw_<source>`."""

from __future__ import annotations

from connectors import files
from connectors.configuration import read_sources
from connectors.files.settings import FilesSource
from connectors.report import LoadReport, TableReport
from connectors.source import SourceConfig
from retail.errors import ConfigurationError
from retail.progress import Progress
from retail.settings import Settings
from retail.workspace import Workspace

__all__ = ["LoadReport", "SourceConfig", "TableReport", "load", "read_sources"]


def load(source: SourceConfig, workspace: Workspace, settings: Settings, progress: Progress) -> LoadReport:
    """Bring a source's raw tables up to date: only what changed is read, and running twice changes nothing.

    The caller holds the workspace's lock.

    Raises:
        ConfigurationError: The source's settings are wrong.
        SourceError: The source cannot be read at all; parts that cannot be read are in the report's `errors`.
        PipelineError: The warehouse could not be written.
    """
    if isinstance(source, FilesSource):
        return files.load(source, workspace, settings, progress)
    raise ConfigurationError(f"There is no connector for sources of type {source.type!r}.")
