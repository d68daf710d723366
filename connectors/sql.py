"""Writing SQL with names and values that come from other people's files."""

from __future__ import annotations

from collections.abc import Iterable


def identifier(name: str) -> str:
    """A column or table name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text value, quoted."""
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str]) -> str:
    """A list of text values for `IN`, quoted; a list that matches nothing when there are none."""
    return "(" + (", ".join(literal(value) for value in values) or "NULL") + ")"


def identifiers(names: Iterable[str]) -> str:
    """Column names for a select list, quoted."""
    return ", ".join(identifier(name) for name in names)
