"""Mappings for exports that many shops have, one YAML file each, and which of them fits a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from connectors.files.mapping import (
    Condition,
    FirstOf,
    FromColumn,
    Joined,
    MappedFiles,
    Mapping,
    Ordinal,
    Shared,
    Total,
    read_mapping,
)
from connectors.files.template import template
from retail.errors import UnusableRequest

_FOLDER: Final = Path(__file__).parent


def preset_names() -> tuple[str, ...]:
    """Names of all presets."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def preset_path(name: str) -> Path:
    """The file of a preset.

    Raises:
        UnusableRequest: There is none of that name.
    """
    if name not in preset_names():
        raise UnusableRequest(f"There is no preset {name!r}. There are {', '.join(preset_names())}.")
    return _FOLDER / f"{name}.yaml"


@cache
def preset(name: str) -> Mapping:
    """A preset.

    Raises:
        UnusableRequest: There is none of that name.
    """
    return read_mapping(preset_path(name), template())


def fitting(name: str, headers: Iterable[str]) -> int | None:
    """Which entry of a preset takes a file with these columns: the first that has all it asks for."""
    there = {header.strip().lower() for header in headers}
    entries = preset(name).files
    return next((index for index, entry in enumerate(entries) if needed(entry) <= there), None)


def needed(entry: MappedFiles) -> frozenset[str]:
    """The columns that a file must have, in small letters; shared ones may be missing, derived ones are made."""
    made = {name.strip().lower() for table in entry.tables.values() for name in table.derived}
    made |= {name.strip().lower() for name in entry.derived}
    asked = {name.strip().lower() for table in entry.tables.values() for name in _columns(table)}
    return frozenset(asked - made)


def _columns(part: object) -> Iterator[str]:
    """Every column of the file that a part of a mapping names. A text is one, but for the words of a case."""
    match part:
        case FromColumn():
            yield part.column
        case Condition():
            yield part.column
        case Shared():
            yield part.within
        case Total():
            yield part.within
            yield from _columns_or_name(part.total)
        case Ordinal():
            yield part.number_within
        case Joined():
            for value in part.join:
                yield from _columns_or_name(value)
        case FirstOf():
            for alternative in part.first_of:
                yield from _columns_or_name(alternative)
        case BaseModel():
            for field in type(part).model_fields:
                value = getattr(part, field)
                if field in {"columns", "derived"}:
                    for inner in value.values():
                        yield from _columns_or_name(inner)
                elif field in {"multiply", "divide", "add", "subtract"}:
                    for inner in value:
                        yield from _columns_or_name(inner)
                elif field == "size_of":
                    yield from _columns_or_name(value)
                else:
                    yield from _columns(value)
        case tuple():
            for inner in part:
                yield from _columns(inner)
        case _:
            return


def _columns_or_name(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        yield from _columns(value)
