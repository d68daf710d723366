"""The template: which tables a file may hold, with which columns (declared in template.yml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from connectors.column_types import LogicalType

LINEAGE: Final[dict[str, LogicalType]] = {"_file": "text", "_line": "integer"}
"""Columns that every loaded row has besides the template's: the file it came from, and its line there."""


class TemplateColumn(BaseModel):
    """One column of a table.

    Attributes:
        type: What its values are.
        description: What it means, for the user documentation.
        required: Whether a file must have it and every row a value.
        made: Whether the connector makes a value where the file has none.
        may_be_future: Whether a day after today is no mistake.
        values: The only words allowed; empty means any.
        refers_to: Table that must hold the id, once a file for that table exists.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: LogicalType
    description: str
    required: bool = False
    made: bool = False
    may_be_future: bool = False
    values: tuple[str, ...] = ()
    refers_to: str | None = None


class TemplateTable(BaseModel):
    """One table of the template.

    Attributes:
        description: What a row is, for the user documentation.
        key: Columns that identify a row.
        columns: Name to column, in the order of the documentation.
        one_of: Columns of which every row must have at least one value.
        repeats: Whether rows that are equal in every column are different things that happened.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str
    key: tuple[str, ...]
    columns: dict[str, TemplateColumn]
    one_of: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that a file must have."""
        return tuple(name for name, column in self.columns.items() if column.required)

    @property
    def raw_types(self) -> dict[str, LogicalType]:
        """Columns of the loaded table, lineage included."""
        return {name: column.type for name, column in self.columns.items()} | LINEAGE


class Template(BaseModel):
    """Every table that a file may feed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    tables: dict[str, TemplateTable]


@cache
def template() -> Template:
    """The declaration in template.yml."""
    path = Path(__file__).with_name("template.yml")
    return Template.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
