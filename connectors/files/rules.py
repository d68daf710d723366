"""What, besides a file's content, its rows depend on: mapping, settings, template, stores."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.files.check import Context
from connectors.files.contacts import is_personal
from connectors.files.discover import FoundFile
from connectors.files.mapping import Mapping
from connectors.files.settings import FilesSource
from connectors.files.stores import Stores
from connectors.files.template import TemplateTable
from retail.errors import ConfigurationError
from retail.workspace import Workspace

READING_VERSION: Final = 2
"""Raised when the same file would give other rows than before, so that everything is read again."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one load.

    Attributes:
        source: Settings of the source.
        mapping: The mapping, if there is one.
        as_of_at: Moment that counts as now.
        default_time_zone: Zone of stores that do not say theirs.
    """

    source: FilesSource
    mapping: Mapping | None
    as_of_at: datetime
    default_time_zone: str

    def context(self, file: FoundFile, table: str, stores: Stores) -> Context:
        """What rows of a file are held against. A mapping's own time zone goes before the stores'."""
        known = stores.known and table != "stores"
        if file.tables[table] is not None and self.mapping is not None and self.mapping.time_zone is not None:
            return Context(self.as_of_at, self.mapping.time_zone, {}, known)
        return Context(self.as_of_at, stores.time_zone, stores.zones, known)

    def fingerprint(self, file: FoundFile, table: str, declared: TemplateTable, stores: Stores) -> str:
        """Content of the file and a hash of the rules that make its rows of this table."""
        context = asdict(self.context(file, table, stores))
        del context["as_of_at"]
        mapped = file.tables[table]
        rules = {
            "version": READING_VERSION,
            "table": declared.model_dump(exclude={"description": True, "columns": {"__all__": {"description"}}}),
            "mapped": mapped.model_dump() if mapped is not None else None,
            "reading": self.source.read_as(file.options).reading,
            "context": context,
        }
        if is_personal(table):
            rules["store_contacts"] = self.source.store_contacts
        return f"{file.content}:{hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()[:12]}"


def rules_of(source: FilesSource, mapping: Mapping | None, workspace: Workspace) -> Rules:
    """The rules of a load that starts now.

    Raises:
        ConfigurationError: The workspace names a time zone that does not exist.
    """
    description = workspace.describe()
    try:
        ZoneInfo(description.default_time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{workspace.root / 'workspace.json'}: default_time_zone: {description.default_time_zone!r} is no IANA "
            "time zone such as Europe/Paris."
        ) from error
    return Rules(source, mapping, description.as_of_at or datetime.now(UTC), description.default_time_zone)
