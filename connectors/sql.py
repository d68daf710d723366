"""Writing SQL with names and values that come from other people's files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def identifier(name: str) -> str:
    """A column or table name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text value, quoted."""
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str]) -> str:
    """A list of text values for `IN` and `NOT IN`, quoted; with no values, a list that nothing is in."""
    quoted = ", ".join(literal(value) for value in values)
    return f"({quoted or 'SELECT NULL::VARCHAR WHERE false'})"


def identifiers(names: Iterable[str]) -> str:
    """Column names for a select list, quoted."""
    return ", ".join(identifier(name) for name in names)


def parquet(paths: Iterable[Path]) -> str:
    """Parquet files to select from. Their names must hold none of `*?[`."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}])"
