"""`sources.yaml`: which sources feed a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from connectors.erpnext.settings import ERPNextSource
from connectors.files.settings import FilesSource
from connectors.inventree.settings import InvenTreeSource
from connectors.odoo.settings import OdooSource
from connectors.ospos.settings import OsposSource
from connectors.source import SourceConfig
from connectors.yaml_file import read_yaml, validated
from retail.errors import ConfigurationError
from retail.workspace import Workspace

SOURCE_TYPES: Final[dict[str, type[SourceConfig]]] = {
    "erpnext": ERPNextSource,
    "files": FilesSource,
    "inventree": InvenTreeSource,
    "odoo": OdooSource,
    "ospos": OsposSource,
}
"""Every type that `sources.yaml` may name, with the settings it takes."""


def read_sources(workspace: Workspace) -> list[SourceConfig]:
    """The sources of a workspace, in the order of `sources.yaml`.

    Raises:
        ConfigurationError: The file is missing or wrong; names the file and the key.
    """
    path = workspace.sources
    content = read_yaml(path)
    entries = content.get("sources") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise ConfigurationError(f"{path}: sources: there must be a list of at least one source, each with a type.")
    sources = [_source(path, index, entry) for index, entry in enumerate(entries)]
    names = [source.type for source in sources]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ConfigurationError(f"{path}: sources: {', '.join(sorted(repeated))} is there twice; keep one.")
    return sources


def _source(path: Path, index: int, entry: object) -> SourceConfig:
    key = f"sources[{index}]"
    name = entry.get("type") if isinstance(entry, dict) else None
    if name not in SOURCE_TYPES:
        known = ", ".join(SOURCE_TYPES)
        raise ConfigurationError(f"{path}: {key}.type: {name!r} is no type of source (known: {known}).")
    return validated(path, entry, SOURCE_TYPES[name], key)
