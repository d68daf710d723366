"""A mapping: YAML that says how a foreign file fills tables of the template (docs/connect/files.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.files.template import Template
from connectors.yaml_file import read_yaml, validated
from retail.errors import ConfigurationError

Scalar = str | int | float | bool


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Condition(_Part):
    """What a row must be like; all that is given must hold.

    Attributes:
        column: Column of the file.
        one_of: Its text is one of these (`in` in YAML).
        starts_with: Its text starts with one of these.
        matches: Its whole text fits this regular expression (RE2).
        is_empty: Whether it has no value.
        above: Its number is more than this; likewise `below`, `at_least`, `at_most`.
    """

    column: str
    one_of: tuple[Scalar, ...] | None = Field(None, alias="in", min_length=1)
    starts_with: tuple[str, ...] | None = Field(None, min_length=1)
    matches: str | None = None
    is_empty: bool | None = None
    above: float | None = None
    below: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set - {"column"}:
            raise ValueError(
                "a condition needs one of in, starts_with, matches, is_empty, above, below, at_least, at_most"
            )
        return self


class FromColumn(_Part):
    """The value of a column; `format` reads dates and times written another way than ISO (strptime's letters)."""

    column: str
    format: str | None = None


class Constant(_Part):
    """The same value in every row."""

    constant: Scalar


class Product(_Part):
    """Two or more columns multiplied."""

    multiply: tuple[str, ...] = Field(min_length=2)


class Case(_Part):
    """What to take when a row is like this: a plain word is taken as it is, `{column: …}` from the file."""

    when: tuple[Condition, ...]
    then: Scalar | FromColumn | Product

    @field_validator("when", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return value if isinstance(value, list | tuple) else [value]


class Choice(_Part):
    """The first case that fits decides; none fitting leaves `otherwise`, or nothing."""

    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: Scalar | FromColumn | Product | None = None


Value = str | FromColumn | Constant | Product | Choice
"""How a column of the template is filled; a plain text names a column of the file."""


class MappedTable(_Part):
    """How one table is filled.

    Attributes:
        columns: Column of the template to its value.
        one_row_per_key: The file repeats the thing on many rows (a product on every line): make one row of each, with
            the last value that every column has. Rows without a key make none.
    """

    columns: dict[str, Value] = Field(min_length=1)
    one_row_per_key: bool = False


class MappedFiles(_Part):
    """The tables that files of one kind fill.

    Attributes:
        pattern: Name of the files, with * and ?.
        tables: Table of the template to how it is filled.
    """

    pattern: str
    tables: dict[str, MappedTable] = Field(min_length=1)


class Mapping(_Part):
    """A whole mapping file.

    Attributes:
        name: What the files are, for people.
        time_zone: Zone of times that do not say theirs: an IANA name, or unset for the store's own.
        files: Kinds of files; the first whose pattern fits a file is taken.
    """

    name: str
    time_zone: str | None = None
    files: Annotated[tuple[MappedFiles, ...], Field(min_length=1)]

    @field_validator("time_zone")
    @classmethod
    def _exists(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(f"{value!r} is no IANA time zone such as Europe/London") from error
        return value


def read_mapping(path: Path, template: Template) -> Mapping:
    """Read a mapping and hold it against the template.

    Raises:
        ConfigurationError: It is no mapping, or names tables or columns that the template has not, or leaves out
            columns that the template needs. Names the file and the key.
    """
    mapping = validated(path, read_yaml(path), Mapping)
    for index, entry in enumerate(mapping.files):
        for table, mapped in entry.tables.items():
            key = f"files[{index}].tables.{table}"
            if table not in template.tables:
                raise ConfigurationError(
                    f"{path}: {key}: the template has no such table (it has {', '.join(template.tables)})."
                )
            declared = template.tables[table]
            unknown = sorted(set(mapped.columns) - set(declared.columns))
            if unknown:
                raise ConfigurationError(f"{path}: {key}.columns: the template has no column {', '.join(unknown)}.")
            missing = [name for name in declared.required if name not in mapped.columns]
            if declared.one_of and not set(declared.one_of) & set(mapped.columns):
                missing.append(" or ".join(declared.one_of))
            if missing:
                raise ConfigurationError(f"{path}: {key}.columns: {', '.join(missing)} is required.")
            if mapped.one_row_per_key and not set(declared.key) <= set(mapped.columns):
                raise ConfigurationError(f"{path}: {key}: one_row_per_key needs {', '.join(declared.key)}.")
    return mapping
