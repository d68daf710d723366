"""A mapping: YAML that says how a foreign file fills tables of the template (docs/connect/files.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.files.settings import DateOrder, DecimalMark, ReadingOptions
from connectors.files.template import Template, TemplateTable
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
    """The value of a column, read another way than the file's other values.

    Attributes:
        column: Column of the file.
        format: How dates and times are written, in strptime's letters.
        decimal: What stands before the decimals.
        date_order: What comes first in dates.
    """

    column: str
    format: str | None = None
    decimal: DecimalMark | None = None
    date_order: DateOrder | None = None


class Constant(_Part):
    """The same value in every row."""

    constant: Scalar


class Product(_Part):
    """Numbers multiplied; none where one of them is missing."""

    multiply: tuple[Operand, ...] = Field(min_length=2)


class Quotient(_Part):
    """A number divided by others; none where one of them is missing or divides by zero."""

    divide: tuple[Operand, ...] = Field(min_length=2)


class Sum(_Part):
    """Numbers added; a missing one counts as zero unless all are missing."""

    add: tuple[Operand, ...] = Field(min_length=2)


class Difference(_Part):
    """Numbers taken from the first; a missing one counts as zero unless all are missing."""

    subtract: tuple[Operand, ...] = Field(min_length=2)


class Size(_Part):
    """A number without its sign."""

    size_of: Operand


class Total(_Part):
    """A number added up over all rows that have the same value in a column, as over the lines of an order."""

    total: Operand
    within: str


class Ordinal(_Part):
    """The number of a row among those that have the same value in a column: 1 for the first line of an order."""

    number_within: str


class Joined(_Part):
    """Texts one after the other, those that are empty left out: a date and a time, a name and a size."""

    join: tuple[str | Constant, ...] = Field(min_length=2)
    separator: str = Field(" ", alias="with")


class FirstOf(_Part):
    """The first of several that is not empty."""

    first_of: tuple[str | Constant | Joined, ...] = Field(min_length=2)


Operand = str | int | float | Product | Quotient | Sum | Difference | Size | Total
"""A number of a calculation; a text names a column."""

Computed = Product | Quotient | Sum | Difference | Size | Total | Ordinal | Joined | FirstOf


class Case(_Part):
    """What to take when a row is like this: a plain word is taken as it is, `{column: …}` from the file."""

    when: tuple[Condition, ...]
    then: Scalar | FromColumn | Computed

    @field_validator("when", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return _as_list(value)


class Choice(_Part):
    """The first case that fits decides; none fitting leaves `otherwise`, or nothing."""

    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: Scalar | FromColumn | Computed | None = None


Value = str | FromColumn | Constant | Computed | Choice
"""How a column of the template is filled; a plain text names a column of the file."""

for _model in (Product, Quotient, Sum, Difference, Size, Total):
    _model.model_rebuild()


class Shared(_Part):
    """Columns that the file fills on one line of a group only, as exports of orders do: every line gets the value.

    Attributes:
        within: Column that all lines of the group have.
        columns: The columns.
    """

    within: str
    columns: tuple[str, ...] = Field(min_length=1)


class MappedRows(_Part):
    """Rows that lines of the file make.

    Attributes:
        columns: Column of the template to its value.
        where: What a line must be like to make a row; lines that are not like this are passed over.
    """

    columns: dict[str, Value] = Field(min_length=1)
    where: tuple[Condition, ...] = ()

    @field_validator("where", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return _as_list(value)


class MappedTable(MappedRows):
    """How one table is filled.

    Attributes:
        one_row_per_key: The file repeats the thing on many rows (a product on every line): make one row of each, with
            the last value that every column has. Rows without a key make none.
        also: More rows that the same lines make: the shipping of an order beside its goods.
        shared: As for the files, and given there.
        derived: As for the files, and given there.
    """

    one_row_per_key: bool = False
    also: tuple[MappedRows, ...] = ()
    shared: Shared | None = None
    derived: dict[str, Value] = Field(default_factory=dict)


class MappedFiles(ReadingOptions, _Part):
    """The tables that files of one kind fill, and how such files are read.

    Attributes:
        pattern: Name of the files, with * and ?; behind a `#` that of a workbook's sheet.
        tables: Table of the template to how it is filled.
        shared: Columns that the file fills on one line of a group only.
        derived: Columns that the file does not have, made from those it has; each may use those above it.
    """

    pattern: str
    tables: dict[str, MappedTable] = Field(min_length=1)
    shared: Shared | None = None
    derived: dict[str, Value] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _tell_the_tables(cls, content: object) -> object:
        """What a table's rows are made from belongs to it: a change reads the file again for that table."""
        if not isinstance(content, dict) or not isinstance(content.get("tables"), dict):
            return content
        told = {key: content[key] for key in ("shared", "derived") if key in content}
        tables = {name: told | table if isinstance(table, dict) else table for name, table in content["tables"].items()}
        return content | {"tables": tables}


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


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


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
            _must_fit(path, key, declared, mapped)
            for number, more in enumerate(mapped.also):
                _must_fit(path, f"{key}.also[{number}]", declared, more)
            if mapped.one_row_per_key and not set(declared.key) <= set(mapped.columns):
                raise ConfigurationError(f"{path}: {key}: one_row_per_key needs {', '.join(declared.key)}.")
            if mapped.one_row_per_key and mapped.also:
                raise ConfigurationError(f"{path}: {key}: one_row_per_key and also do not go together.")
    return mapping


def _must_fit(path: Path, key: str, declared: TemplateTable, mapped: MappedRows) -> None:
    unknown = sorted(set(mapped.columns) - set(declared.columns))
    if unknown:
        raise ConfigurationError(f"{path}: {key}.columns: the template has no column {', '.join(unknown)}.")
    missing = [name for name in declared.required if name not in mapped.columns]
    if declared.one_of and not set(declared.one_of) & set(mapped.columns):
        missing.append(" or ".join(declared.one_of))
    if missing:
        raise ConfigurationError(f"{path}: {key}.columns: {', '.join(missing)} is required.")
