"""What a load did, in numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass, field

from retail.errors import SourceError


@dataclass(slots=True)
class TableReport:
    """One table of one load. `accepted + quarantined == read`, always.

    Attributes:
        table: Table of the retail model.
        read: Rows found in the files that this load read; files it skipped as unchanged count nothing.
        accepted: Rows loaded.
        quarantined: Rows put aside with a reason in `raw_<source>.quarantine`.
        exact_duplicates: Rows among those read that repeat an earlier row of their file in every column.
        files_loaded: Files or pages read.
        files_unchanged: Files skipped because their content was loaded before.
    """

    table: str
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    exact_duplicates: int = 0
    files_loaded: int = 0
    files_unchanged: int = 0


@dataclass(slots=True)
class LoadReport:
    """One load of one source.

    Attributes:
        source: Type of the source, such as `files`.
        tables: One entry per table that any file feeds.
        ignored: Files that feed no table, with the reason.
        gone: Files that were loaded once and are no longer in the folder; their rows are kept.
        duplicates: Files whose content is that of another file, with that file's name.
        errors: What could not be read at all, one per file; the other files are loaded.
        changed: Whether the warehouse holds anything new.
    """

    source: str
    tables: dict[str, TableReport] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)
    changed: bool = False

    def table(self, name: str) -> TableReport:
        """The entry of a table, made on first use."""
        return self.tables.setdefault(name, TableReport(name))

    @property
    def read(self) -> int:
        """Rows read over all tables."""
        return sum(table.read for table in self.tables.values())

    @property
    def accepted(self) -> int:
        """Rows loaded over all tables."""
        return sum(table.accepted for table in self.tables.values())

    @property
    def quarantined(self) -> int:
        """Rows put aside over all tables."""
        return sum(table.quarantined for table in self.tables.values())
